#include "client/documents/html.hpp"

#include <fmt/format.h>

#include <cctype>

#include "client/documents/code128.hpp"

namespace earmark::client::documents {
namespace {

constexpr double id_bars_mm = 85, cell_bars_mm = 66;

// Rows are never cut, and a table's headings stand on each of its pages.
constexpr const char* style = R"(
@page { size: A4; margin: 14mm 15mm 16mm 15mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #333; } }
* { box-sizing: border-box; }
html { background: #fff; color: #111; }
body { font: 9.5pt/1.3 "Liberation Sans", Arial, Helvetica, sans-serif; margin: 0; padding: 0 0.3mm; overflow-wrap: anywhere; }
@media screen { body { max-width: 210mm; margin: 0 auto; padding: 14mm 15mm; } }
header { display: flex; justify-content: space-between; align-items: flex-start; gap: 8mm; border-bottom: 0.6mm solid #111; padding-bottom: 3mm; }
h1 { font-size: 20pt; line-height: 1.1; margin: 0; overflow-wrap: normal; }
.id { text-align: right; font-size: 14pt; font-weight: bold; min-width: 60mm; }
.barcode { display: block; fill: #000; }
.id .barcode { margin: 0 0 1mm auto; }
.warning { border: 0.6mm solid #111; padding: 2mm 3mm; margin: 4mm 0 0; font-weight: bold; break-inside: avoid; }
.parties { display: flex; gap: 5mm; margin: 4mm 0 0; }
.parties div { flex: 1 1 0; border: 0.2mm solid #777; padding: 2mm 3mm; break-inside: avoid; white-space: pre-wrap; }
.label { display: block; font-size: 7.5pt; text-transform: uppercase; letter-spacing: 0.05em; color: #333; }
.facts { display: grid; grid-template-columns: 1fr 1fr; gap: 0.5mm 8mm; margin: 4mm 0 0; padding: 0; }
.facts div { display: flex; gap: 3mm; break-inside: avoid; }
.facts dt { flex: 0 0 38mm; color: #333; }
.facts dd { margin: 0; flex: 1 1 0; }
.notes { border: 0.4mm solid #111; border-left-width: 2.5mm; padding: 2mm 3mm; margin: 4mm 0 0; font-size: 11.5pt; white-space: pre-wrap; }
h2 { font-size: 11.5pt; margin: 6mm 0 0; break-after: avoid; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0 0; }
.top { margin-top: 5mm; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { font-size: 7pt; text-transform: uppercase; text-align: left; vertical-align: bottom; padding: 1mm 1.5mm; border-bottom: 0.4mm solid #111; overflow-wrap: normal; }
td { vertical-align: top; font-size: 9pt; padding: 1.2mm 1.5mm; min-width: 25mm; border-bottom: 0.2mm solid #999; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.right { width: 1%; min-width: 0; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
th.right { white-space: normal; }
.strong { font-weight: bold; font-size: 11pt; line-height: 1; }
.strong:not(.right) { min-width: 30mm; }
.code { font-weight: bold; min-width: 46mm; }
.under { display: block; font-weight: normal; font-size: 8pt; color: #333; }
.bars { width: 1%; min-width: 0; }
.box { width: 9mm; min-width: 0; }
.box i { display: block; width: 5mm; height: 5mm; border: 0.4mm solid #111; }
.blank { width: 20mm; min-width: 0; }
.blank i { display: block; border-bottom: 0.2mm solid #111; height: 5mm; }
.remark { margin: 2mm 0 0; break-inside: avoid; }
.signatures { display: flex; gap: 8mm; margin: 14mm 0 0; break-inside: avoid; }
.signatures div { flex: 1 1 0; border-top: 0.2mm solid #111; padding-top: 1mm; font-size: 8.5pt; }
footer { margin: 8mm 0 0; padding-top: 2mm; border-top: 0.2mm solid #999; font-size: 8.5pt; color: #333; break-inside: avoid; }
)";

// A text of CSS, within a <style>: what is neither letter, digit nor plain sign is told by its number.
std::string css_text(std::string_view text) {
  std::string css = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = byte >= 0x80 || std::isalnum(byte) != 0 || std::string_view(" -_.:/").find(letter) != std::string_view::npos;
    css += plain ? std::string(1, letter) : fmt::format("\\{:06x} ", byte < 0x20 ? ' ' : byte);
  }
  return css + '"';
}

std::string labelled(const char* outer, const Fact& fact) {
  return std::string("<") + outer + "><span class=\"label\">" + escaped(fact.label) + "</span>" + escaped(fact.value) + "</" + outer + ">";
}

std::string class_of(const PageColumn& column) {
  std::string name = column.align == Align::right ? "right" : "";
  constexpr const char* looks[] = {"", "strong", "code", "", "box", "bars", "blank"};
  const char* look = looks[static_cast<std::size_t>(column.look)];
  if (!name.empty() && *look != '\0') name += ' ';
  return (name += look).empty() ? "" : " class=\"" + name + "\"";
}

std::string cell_html(const PageColumn& column, const std::string& text) {
  if (column.look == Look::box || column.look == Look::blank) return "<i></i>";
  if (column.look == Look::barcode) return code128_svg(text, cell_bars_mm);
  return escaped(text);
}

// A column that stands under another has no cell of its own.
std::string row_html(const PageTable& table, const std::vector<std::size_t>& columns, const std::vector<std::string>& row) {
  std::string html = "<tr>";
  for (std::size_t at = 0; at < columns.size(); ++at) {
    const PageColumn& column = table.columns[columns[at]];
    html += "<td" + class_of(column) + ">";
    const bool has_under = at + 1 < columns.size() && table.columns[columns[at + 1]].look == Look::under;
    html += cell_html(column, row[columns[at]]);
    if (has_under) {
      const std::string& under = row[columns[++at]];
      if (!under.empty()) html += "<span class=\"under\">" + escaped(under) + "</span>";
    }
    html += "</td>";
  }
  return html + "</tr>\n";
}

std::string table_html(const PageTable& table) {
  const std::vector<std::size_t> columns = shown_columns(table);
  std::string html = table.heading.empty() ? "<table class=\"top\">" : "<h2>" + escaped(table.heading) + "</h2>\n<table>";
  html += "<thead><tr>";
  for (const std::size_t column : columns) {
    const PageColumn& head = table.columns[column];
    if (head.look == Look::under) continue;
    html += "<th" + class_of({{}, head.align, head.look == Look::strong || head.look == Look::code ? Look::plain : head.look, false}) + ">" +
            escaped(head.heading) + "</th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) html += row_html(table, columns, row);
  html += "</tbody></table>\n";
  return table.remark.empty() ? html : html + "<p class=\"remark\">" + escaped(table.remark) + "</p>\n";
}

std::string head_html(const Page& page) {
  std::string html = "<header><h1>" + escaped(page.title) + "</h1><div class=\"id\">" + (page.id_barcode ? code128_svg(page.id, id_bars_mm) : std::string()) +
                     escaped(page.id) + "</div></header>\n";
  for (const std::string& warning : page.warnings) html += "<p class=\"warning\">" + escaped(warning) + "</p>\n";
  std::string parties, facts;
  for (const Fact& party : page.parties) {
    if (!party.value.empty()) parties += labelled("div", party);
  }
  for (const Fact& fact : page.facts) {
    if (!fact.value.empty()) facts += "<div><dt>" + escaped(fact.label) + "</dt><dd>" + escaped(fact.value) + "</dd></div>";
  }
  if (!parties.empty()) html += "<div class=\"parties\">" + parties + "</div>\n";
  if (!facts.empty()) html += "<dl class=\"facts\">" + facts + "</dl>\n";
  if (!page.notes.empty()) html += labelled("section", {"Notes", page.notes}).insert(8, " class=\"notes\"") + "\n";
  return html;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string html;
  for (const char letter : text) {
    switch (letter) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      case '\'': html += "&#39;"; break;
      case '\n': html += '\n'; break;
      default: html += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ? ' ' : letter;
    }
  }
  return html;
}

std::string page_html(const Page& page) {
  const std::string title = escaped(page.title + " " + page.id);
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>" + title +
                     "</title>\n<style>" + style + "@page { @bottom-left { content: " + css_text(page.title + " " + page.id) +
                     "; font: 8pt sans-serif; color: #333; } }\n</style>\n</head>\n<body>\n" + head_html(page);
  for (const PageTable& table : page.tables) html += table_html(table);
  if (!page.signatures.empty()) {
    html += "<div class=\"signatures\">";
    for (const std::string& signature : page.signatures) html += "<div>" + escaped(signature) + "</div>";
    html += "</div>\n";
  }
  return html + "<footer>" + escaped(page.footer) + "</footer>\n</body>\n</html>\n";
}

}  // namespace earmark::client::documents
