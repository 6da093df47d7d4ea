#pragma once

#include <span>
#include <string_view>

namespace iochron::cli {

/// A command of the program `iochron`; one small file each in cli/.
struct Command {
    std::string_view name;    ///< iochron NAME
    std::string_view compat;  ///< the name under which EPICS has it (build/.../bin/compat/NAME); empty: none
    std::string_view summary; ///< for help; empty: not listed
    int (*main)(int argc, char** argv);
};

[[nodiscard]] std::span<const Command> commands();

} // namespace iochron::cli
