// A strict reader of Prometheus' text format 0.0.4, as far as earmarkd writes it; it shares nothing with the writer.
//   family   # HELP name text \n  # TYPE name counter|gauge|histogram \n  samples, one at least
//   sample   name{label="value",...} number
// Throws std::runtime_error with the line that breaks a rule.
#pragma once

#include <charconv>
#include <limits>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace earmark::test {

struct PrometheusText {
  std::map<std::string, double> samples;      // by name, with labels as written
  std::map<std::string, std::string> types;   // by family

  double at(const std::string& sample) const {
    const auto found = samples.find(sample);
    if (found == samples.end()) throw std::runtime_error("no sample " + sample);
    return found->second;
  }
  double sum_of(const std::string& family) const {
    double sum = 0;
    for (const auto& [name, value] : samples) {
      if (name.starts_with(family + "{")) sum += value;
    }
    return sum;
  }
};

class PrometheusReader {
 public:
  static PrometheusText read(const std::string& text) {
    PrometheusReader reader;
    if (text.empty() || text.back() != '\n') throw std::runtime_error("the text does not end with a line end");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) reader.take(line);
    reader.end_family();
    return std::move(reader.found_);
  }

 private:
  struct Bucket {
    double limit = 0, count = 0;
  };

  [[noreturn]] static void fail(const std::string& what, const std::string& line) { throw std::runtime_error(what + ": " + line); }

  static double number(const std::string& text, const std::string& line) {
    if (text == "+Inf") return std::numeric_limits<double>::infinity();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fail("no number", line);
    return value;
  }

  void take(const std::string& line) {
    static const std::regex help(R"(# HELP ([a-z_]+) (\S.*\S))"), type(R"(# TYPE ([a-z_]+) (counter|gauge|histogram))");
    static const std::regex sample(R"RE(([a-z_]+)(\{([a-z_]+)="([^"\\]*)"\})? (\S+))RE");
    std::smatch parts;
    if (std::regex_match(line, parts, help)) {
      end_family();
      family_ = parts[1];
      if (!families_.insert(family_).second) fail("a family twice", line);
    } else if (std::regex_match(line, parts, type)) {
      if (parts[1] != family_ || !type_.empty()) fail("TYPE out of place", line);
      type_ = parts[2];
      found_.types[family_] = type_;
    } else if (std::regex_match(line, parts, sample)) {
      take_sample(parts, line);
    } else {
      fail("not of the format", line);
    }
  }

  void take_sample(const std::smatch& parts, const std::string& line) {
    const std::string name = parts[1], label = parts[3], label_value = parts[4];
    if (type_.empty()) fail("a sample without a type", line);
    const double value = number(parts[5], line);
    ++count_;
    if (!found_.samples.emplace(name + parts[2].str(), value).second) fail("a sample twice", line);
    if (type_ == "histogram") return take_part(name, label, label_value, value, line);
    if (name != family_) fail("a sample of another family", line);
    if (type_ == "counter" && (!name.ends_with("_total") || value < 0)) fail("no counter", line);
    if (type_ == "gauge" && name.ends_with("_total")) fail("no gauge", line);
  }

  void take_part(const std::string& name, const std::string& label, const std::string& limit, double value, const std::string& line) {
    if (name == family_ + "_bucket" && label == "le" && !has_sum_ && !has_count_) {
      const Bucket bucket{number(limit, line), value};
      if (!buckets_.empty() && (bucket.limit <= buckets_.back().limit || bucket.count < buckets_.back().count)) fail("buckets do not rise", line);
      buckets_.push_back(bucket);
    } else if (name == family_ + "_sum" && label.empty() && !has_sum_) {
      has_sum_ = true;
    } else if (name == family_ + "_count" && label.empty() && !has_count_) {
      has_count_ = true;
      if (buckets_.empty() || buckets_.back().limit != std::numeric_limits<double>::infinity()) fail("no +Inf before", line);
      if (buckets_.back().count != value) fail("the count is not that of +Inf", line);
    } else {
      fail("no part of a histogram", line);
    }
  }

  void end_family() {
    if (family_.empty()) return;
    if (type_.empty() || count_ == 0) fail("a family without type or samples", family_);
    if (type_ == "histogram" && (!has_sum_ || !has_count_)) fail("a histogram without sum or count", family_);
    family_.clear();
    type_.clear();
    buckets_.clear();
    count_ = 0;
    has_sum_ = has_count_ = false;
  }

  PrometheusText found_;
  std::set<std::string> families_;
  std::string family_, type_;
  std::vector<Bucket> buckets_;
  std::size_t count_ = 0;
  bool has_sum_ = false, has_count_ = false;
};

}  // namespace earmark::test
