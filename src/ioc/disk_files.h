#pragma once

#include "base/limits.h"
#include "db/load/files.h"

namespace iochron::ioc {

/// The files of this computer, each read whole.
/// Thread: fixed
class DiskFiles final : public db::load::Files {
  public:
    explicit DiskFiles(const base::Limits& limits) : most_bytes_(limits.file_bytes) {}

    [[nodiscard]] std::optional<db::load::FileText> read(const std::string& path) override;

  private:
    std::size_t most_bytes_;
};

} // namespace iochron::ioc
