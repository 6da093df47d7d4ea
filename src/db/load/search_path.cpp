#include "db/load/search_path.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace iochron::db::load {

void SearchPath::set(std::string_view list)
{
    directories_.clear();
    if (list.find_first_not_of(" \t") == std::string_view::npos) {
        directories_.emplace_back(".");
    }
    add(list);
}

void SearchPath::add(std::string_view list)
{
    constexpr std::string_view blanks = " \t\r\n";
    bool current = false;
    const bool several = list.contains(':');
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(':', at), list.size());
        std::string_view entry = list.substr(at, end - at);
        entry.remove_prefix(std::min(entry.find_first_not_of(blanks), entry.size()));
        entry = entry.substr(0, entry.find_last_not_of(blanks) + 1);
        if (!entry.empty()) {
            directories_.emplace_back(entry);
        }
        current = current || (entry.empty() && several);
        at = end + 1;
    }
    if (current) {
        directories_.emplace_back(".");
    }
}

SearchPath::Found SearchPath::open(Files& files, std::string_view name, const Mark& from) const
{
    std::optional<Found> found = find(files, name);
    if (!found) {
        throw problem_at(from, name.contains('/') ? fmt::format("there is no file '{}'", name)
                                                  : fmt::format("there is no file '{}' in: {}; add its directory with "
                                                                "-I or addpath \"...\"",
                                                                name, fmt::join(directories_, ", ")));
    }
    return *std::move(found);
}

std::optional<SearchPath::Found> SearchPath::find(Files& files, std::string_view name) const
{
    if (name.contains('/') || directories_.empty()) {
        std::string path(name);
        std::optional<FileText> file = files.read(path);
        return file ? std::optional(Found{std::move(path), *std::move(file)}) : std::nullopt;
    }
    for (const std::string& directory : directories_) {
        std::string path = directory == "." ? std::string(name) : fmt::format("{}/{}", directory, name);
        if (std::optional<FileText> file = files.read(path)) {
            return Found{std::move(path), *std::move(file)};
        }
    }
    return std::nullopt;
}

} // namespace iochron::db::load
