#pragma once

#include "base/problem.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace iochron::perf {

/// A file that goes when this does. Throws base::Problem where it cannot be had.
/// Thread: shard
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& text)
    {
        const char* const folder = std::getenv("TMPDIR");
        path_ = fmt::format("{}/iochron-bench-XXXXXX", folder != nullptr ? folder : "/tmp");
        const int fd = mkstemp(path_.data());
        if (fd < 0) {
            throw base::Problem(fmt::format("no temporary file {}: is TMPDIR writable?", path_));
        }
        close(fd);
        std::ofstream(path_) << text;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { unlink(path_.c_str()); }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

} // namespace iochron::perf
