// Reports on the wire: requests and answers there and back, names as the schema has them, answers that do not add up.
#include "schema/report.hpp"

#include "schema/ask.hpp"
#include "schema/report_generated.h"
#include "tests/schema/event_samples.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("report: kinds, columns and measures have the schema's names and numbers", "[schema][report]") {
  for (const wire::ReportKind kind : wire::EnumValuesReportKind()) {
    if (kind != wire::ReportKind::none) CHECK(name(static_cast<ReportKind>(kind)) == wire::EnumNameReportKind(kind));
  }
  CHECK(name(ReportKind::backorder_age) == "backorder_age");
  CHECK(name(ReportColumn::out_since_us) == "out_since_us");
  CHECK(name(ReportColumn::shipped_in_parts) == "shipped_in_parts");
  CHECK(name(ReportColumn::units_filled) == "units_filled");
  CHECK(name(ReportColumn::not_yet) == "not_yet");
  CHECK(name(ReportColumn::vendor) == "vendor");
  CHECK(name(ReportColumn::vendor_name) == "vendor_name");
  CHECK(name(ReportColumn::lead_days) == "lead_days");
  CHECK(name(ReportColumn::late_p90_us) == "late_p90_us");
  CHECK(name(ReportColumn::unpromised) == "unpromised");
  CHECK(name(ReportColumn::units_open) == "units_open");
  CHECK(name(ReportColumn::p99_us) == "p99_us");
  CHECK(name(ReportColumn::orders_not_due) == "orders_not_due");
  CHECK(name(ReportMeasure::backorder_to_filled) == "backorder_to_filled");
  CHECK(name(ReportKind{0}).empty());
  CHECK(name(ReportKind{200}).empty());
  CHECK(name(ReportColumn{250}).empty());
  CHECK(name(ReportMeasure{77}).empty());
  CHECK(every_report().size() == std::size(wire::EnumValuesReportKind()) - 1);
  for (const ReportKind kind : every_report()) CHECK(report_named(name(kind)) == kind);
  CHECK_FALSE(report_named("none").has_value());
  CHECK_FALSE(report_named("").has_value());
}

TEST_CASE("report: a request there and back, and a kind that there is not is malformed", "[schema][report]") {
  RequestEncoder encoder;
  RequestDecoder decoder;
  const ReportRequest request{ReportKind::on_time, 50, true, -3, 20'000, engine::Lsn{77}, 5'000};
  std::vector<std::byte> bytes;
  encoder.report(bytes, 5, request);
  auto frames = frames_of(bytes);
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].header.kind == MessageKind::report);
  const auto decoded = decoder.decode(MessageKind::report, bodies_of(frames)[0]);
  REQUIRE(decoded.has_value());
  const auto& got = std::get<ReportRequest>(*decoded);
  CHECK(got.kind == request.kind);
  CHECK(got.limit == 50);
  CHECK(got.by_day);
  CHECK(got.first_day == -3);
  CHECK(got.last_day == 20'000);
  CHECK(got.at == engine::Lsn{77});
  CHECK(got.wait_ms == 5'000);
  for (const ReportKind kind : {ReportKind::none, ReportKind{15}, ReportKind{255}}) {
    bytes.clear();
    encoder.report(bytes, 5, {kind, 0, false, 0, 0, {}, 0});
    auto frames_of_none = frames_of(bytes);
    CHECK(decoder.decode(MessageKind::report, bodies_of(frames_of_none)[0]).error() == engine::ErrorCode::malformed);
  }
}

TEST_CASE("report: a large answer comes in parts and is put together again", "[schema][report]") {
  const std::vector<ReportColumn> columns{ReportColumn::customer, ReportColumn::quantity, ReportColumn::oldest_us};
  std::vector<std::string> names;
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < 9'000; ++row) {
    names.push_back("customer " + std::to_string(row));
    rows.insert(rows.end(), {row, row * 7 - 3, INT64_MIN + row});
  }
  const std::vector<std::string_view> texts(names.begin(), names.end());
  const std::vector<std::int64_t> totals{0, 1, 2};
  std::vector<std::byte> bytes;
  append_answer(bytes, 9, ReportAnswer{ReportKind::backorders_by_customer, engine::Lsn{5}, engine::TimeUs{6}, engine::Lsn{7}, 8, columns, rows, totals, texts});
  auto frames = frames_of(bytes);
  CHECK(frames.size() > 4);
  for (std::size_t index = 0; index < frames.size(); ++index) CHECK(frames[index].header.flags == (index + 1 < frames.size() ? flag_more_parts : 0));
  AnswerDecoder decoder;
  const auto decoded = decoder.decode(MessageKind::report_answer, bodies_of(frames));
  REQUIRE(decoded.has_value());
  const auto& got = std::get<ReportAnswer>(*decoded);
  CHECK(got.kind == ReportKind::backorders_by_customer);
  CHECK(got.as_of == engine::Lsn{5});
  CHECK(got.time == engine::TimeUs{6});
  CHECK(got.counted_from == engine::Lsn{7});
  CHECK(got.left_out == 8);
  CHECK(std::equal(got.columns.begin(), got.columns.end(), columns.begin(), columns.end()));
  CHECK(std::equal(got.rows.begin(), got.rows.end(), rows.begin(), rows.end()));
  CHECK(std::equal(got.totals.begin(), got.totals.end(), totals.begin(), totals.end()));
  CHECK(std::equal(got.texts.begin(), got.texts.end(), texts.begin(), texts.end()));
}

TEST_CASE("report: an answer with half a row, or with a text that is not there, is malformed", "[schema][report]") {
  using Numbers = std::vector<std::int64_t>;
  using Columns = std::vector<ReportColumn>;
  struct Row {
    Columns columns;
    Numbers rows, totals;
    std::size_t texts;
    bool good;
  };
  const Columns two{ReportColumn::customer, ReportColumn::units};
  const auto row = GENERATE_COPY(values<Row>({
      {two, {0, 5}, {0, 5}, 1, true},
      {two, {1, 5}, {0, 5}, 1, false},
      {two, {-1, 5}, {0, 5}, 1, false},
      {{ReportColumn::day, ReportColumn::vendor}, {20'000, 0}, {0, 0}, 1, true},
      {{ReportColumn::day, ReportColumn::vendor}, {20'000, 1}, {0, 0}, 1, false},
      {two, {0, 5, 0}, {0, 5}, 1, false},
      {two, {0, 5}, {0}, 1, false},
      {{}, {}, {}, 0, true},
      {{}, {1}, {}, 0, false},
      {{}, {}, {1}, 0, false},
      {{ReportColumn{250}}, {1}, {1}, 0, true},  // of a later server: the client says that it does not know it
  }));
  const std::vector<std::string_view> texts(row.texts, "x");
  std::vector<std::byte> bytes;
  append_answer(bytes, 1, ReportAnswer{ReportKind::fill_rate, {}, {}, {}, 0, row.columns, row.rows, row.totals, texts});
  AnswerDecoder decoder;
  auto frames = frames_of(bytes);
  CHECK(decoder.decode(MessageKind::report_answer, bodies_of(frames)).has_value() == row.good);
}
