#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace iochron::db::load {

/// The bytes of a file, and what keeps them in place.
struct FileText {
    std::string_view text;
    std::shared_ptr<const void> owner;
};

/// Where a load gets its files from: the database makes no system call itself.
/// Thread: fixed
class Files {
  public:
    virtual ~Files() = default;

    /// The file's bytes, or nothing where there is no such file. Throws base::Problem where there is one that cannot
    /// be read. May block.
    [[nodiscard]] virtual std::optional<FileText> read(const std::string& path) = 0;
};

/// Files in memory: for tests, and for database text that a program brings itself.
/// Thread: fixed
class MemoryFiles : public Files {
  public:
    MemoryFiles() = default;
    MemoryFiles(std::initializer_list<std::pair<const std::string, std::string>> files) : files_(files) {}

    void set(const std::string& path, std::string text) { files_[path] = std::move(text); }
    [[nodiscard]] std::optional<FileText> read(const std::string& path) override
    {
        const auto found = files_.find(path);
        return found == files_.end() ? std::nullopt : std::optional(FileText{found->second, nullptr});
    }

  private:
    std::map<std::string, std::string> files_;
};

} // namespace iochron::db::load
