#include "tests/system/support/gzip.hpp"

#include <zlib.h>

#include <memory>
#include <stdexcept>

namespace earmark::test {

std::string read_gzip(const std::filesystem::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(::gzopen(path.c_str(), "rb"), ::gzclose);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  std::string content;
  char bytes[65536];
  int count = 0;
  while ((count = ::gzread(file.get(), bytes, sizeof bytes)) > 0) content.append(bytes, static_cast<std::size_t>(count));
  if (count < 0 || ::gzeof(file.get()) == 0) throw std::runtime_error("cannot read " + path.string());
  return content;
}

}  // namespace earmark::test
