#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace iochron::perf {

/// A program that this one started, talked to line by line over its standard input and output; its standard error is
/// ours. Ended (SIGTERM, then SIGKILL after 2 s) and reaped at the latest when this object goes.
/// Thread: shard
class Child {
  public:
    struct Options {
        std::map<std::string, std::string> environment; ///< set over our own
        std::optional<unsigned> cpu;                    ///< the only CPU that it may run on
    };

    /// Throws base::Problem where the program cannot be started.
    Child(std::vector<std::string> command, const Options& options);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Writes one line. False where the program has gone.
    bool tell(const std::string& line);
    /// The next line, without its end; nothing after `patience` or when the program closed its output.
    [[nodiscard]] std::optional<std::string> next_line(std::chrono::milliseconds patience);
    /// Reads on to the first line that starts with `prefix`. Throws base::Problem that names the program, what was
    /// waited for and the last line seen, when it does not come in time.
    std::string expect(const std::string& prefix, std::chrono::milliseconds patience);
    /// Closes its input and waits for its end; its exit status, or nothing when it had to be killed.
    std::optional<int> finish(std::chrono::milliseconds patience);

  private:
    [[nodiscard]] bool reap(bool wait);

    std::string name_;
    pid_t pid_ = -1;
    int to_ = -1;
    int from_ = -1;
    int status_ = 0;
    std::string unread_;
    std::string last_line_;
};

} // namespace iochron::perf
