#include "ioc/disk_files.h"

#include "base/problem.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace iochron::ioc {

std::optional<db::load::FileText> DiskFiles::read(const std::string& path)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return std::nullopt;
    }
    if (!std::filesystem::is_regular_file(path, error)) {
        throw base::Problem({.file = path}, "is no file that can be read; a directory?");
    }
    const auto size = std::filesystem::file_size(path, error);
    if (error || size > most_bytes_) {
        throw base::Problem({.file = path},
                            fmt::format("has {} bytes, at most {} are read; split it", size, most_bytes_));
    }
    auto text = std::make_shared<std::string>(size, '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file.read(text->data(), static_cast<std::streamsize>(size))) {
        throw base::Problem({.file = path}, "cannot be read; may this user read it?");
    }
    return db::load::FileText{*text, text};
}

} // namespace iochron::ioc
