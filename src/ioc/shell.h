#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron {
class Ioc;
}

namespace iochron::ioc {

class Shell;

/// A command of the shell, one file each in ioc/command/.
struct Command {
    std::string_view name;
    std::string_view arguments; ///< as help shows them: "file [macros]"
    std::string_view summary;
    /// Writes what it has to say to shell.out(); throws base::Problem when it cannot be done.
    void (*run)(Shell& shell, std::span<const std::string> arguments);
};

/// All commands, by name.
[[nodiscard]] std::span<const Command> commands();

/// The words of one line as iocsh reads it: `name arg arg`, `name(arg, "arg 2")`; quotes and backslashes protect, a
/// line that starts with # is empty. Throws base::Problem at a quote that is not closed.
[[nodiscard]] std::vector<std::string> split_line(std::string_view line);

/// The IOC shell: reads commands from st.cmd files and from standard input, as EPICS' iocsh does.
/// Thread: shard (the one that reads commands, never the IOC's own)
class Shell {
  public:
    Shell(Ioc& ioc, std::ostream& out, std::ostream& errors);

    /// Runs one line. False when it failed; the reason was written to errors(). `exit` sets done().
    bool line(std::string_view text);
    /// Runs the lines of a file. False when it cannot be read (said so) or a line failed; the lines after a failed one
    /// are run all the same, as iocsh does.
    bool script(const std::string& path);

    [[nodiscard]] Ioc& ioc() { return ioc_; }
    [[nodiscard]] std::ostream& out() { return out_; }
    [[nodiscard]] bool done() const { return done_; }
    void exit() { done_ = true; }
    /// Variables for $(NAME) in lines and macros in files: the process' environment, and what epicsEnvSet set.
    [[nodiscard]] std::map<std::string, std::string>& environment() { return environment_; }

  private:
    [[nodiscard]] std::string expanded(std::string_view text) const;
    void complain(std::string_view text);

    Ioc& ioc_;
    std::ostream& out_;
    std::ostream& errors_;
    std::map<std::string, std::string> environment_;
    std::string file_; ///< of the script that runs; empty for standard input
    std::size_t line_ = 0;
    std::size_t depth_ = 0; ///< of scripts that run scripts
    bool done_ = false;
};

} // namespace iochron::ioc
