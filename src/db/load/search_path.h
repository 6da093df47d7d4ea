#pragma once

#include "db/load/files.h"
#include "db/load/mark.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::load {

/// The directories in which included files and templates are looked for, as EPICS does: in the order given; a name
/// with a slash is taken as it is; an empty entry in a list of several means the current directory.
/// Thread: fixed (while a file is loaded)
class SearchPath {
  public:
    /// A list as in EPICS_DB_INCLUDE_PATH: "db:/opt/templates". Empty: the current directory.
    explicit SearchPath(std::string_view list = {}) { set(list); }

    void set(std::string_view list); ///< what `path` does in a .db file
    void add(std::string_view list); ///< what `addpath` does

    struct Found {
        std::string path;
        FileText file;
    };
    /// Throws base::Problem at `from` where there is no such file.
    [[nodiscard]] Found open(Files& files, std::string_view name, const Mark& from) const;

  private:
    [[nodiscard]] std::optional<Found> find(Files& files, std::string_view name) const;

    std::vector<std::string> directories_;
};

} // namespace iochron::db::load
