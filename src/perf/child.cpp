#include "perf/child.h"

#include "base/problem.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

extern char** environ;

namespace iochron::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
    std::array<int, 2> ends{-1, -1};

    Pipe()
    {
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw base::Problem(fmt::format("no pipe for a child process: {}", std::strerror(errno)));
        }
    }
    [[nodiscard]] int read_end() const { return ends[0]; }
    [[nodiscard]] int write_end() const { return ends[1]; }
};

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& over)
{
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!over.contains(text.substr(0, text.find('=')))) {
            all.push_back(text);
        }
    }
    for (const auto& [name, value] : over) {
        all.push_back(name + "=" + value);
    }
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    for (std::string& text : texts) {
        all.push_back(text.data());
    }
    all.push_back(nullptr);
    return all;
}

/// Between fork and exec: system calls only.
[[noreturn]] void become(char** arguments, char** environment, int input, int output, std::optional<unsigned> cpu)
{
    if (cpu) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(*cpu, &set);
        sched_setaffinity(0, sizeof set, &set);
    }
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    execve(arguments[0], arguments, environment);
    _exit(127);
}

} // namespace

Child::Child(std::vector<std::string> command, const Options& options) : name_(command.front())
{
    const Pipe in;
    const Pipe out;
    std::vector<std::string> environment = merged_environment(options.environment);
    const std::vector<char*> arguments = pointers(command);
    const std::vector<char*> variables = pointers(environment);
    signal(SIGPIPE, SIG_IGN);
    pid_ = fork();
    if (pid_ == 0) {
        become(const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()), in.read_end(),
               out.write_end(), options.cpu);
    }
    close(in.read_end());
    close(out.write_end());
    to_ = in.write_end();
    from_ = out.read_end();
    if (pid_ < 0) {
        throw base::Problem(fmt::format("{} cannot be started: {}", name_, std::strerror(errno)));
    }
}

Child::~Child()
{
    if (pid_ > 0 && !reap(false)) {
        kill(pid_, SIGTERM);
        if (!finish(std::chrono::seconds(2))) {
            kill(pid_, SIGKILL);
            (void)reap(true);
        }
    }
    if (to_ >= 0) {
        close(to_);
    }
    close(from_);
}

bool Child::reap(bool wait)
{
    if (pid_ > 0 && waitpid(pid_, &status_, wait ? 0 : WNOHANG) == pid_) {
        pid_ = -1;
    }
    return pid_ < 0;
}

bool Child::tell(const std::string& line)
{
    const std::string text = line + "\n";
    return write(to_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::optional<std::string> Child::next_line(std::chrono::milliseconds patience)
{
    const auto until = Clock::now() + patience;
    while (true) {
        if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
            last_line_ = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return last_line_;
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd wait{from_, POLLIN, 0};
        if (left.count() < 0 || poll(&wait, 1, static_cast<int>(left.count())) <= 0) {
            return std::nullopt;
        }
        std::array<char, 16 << 10> buffer;
        const ssize_t n = read(from_, buffer.data(), buffer.size());
        if (n <= 0) {
            return std::nullopt;
        }
        unread_.append(buffer.data(), static_cast<std::size_t>(n));
    }
}

std::string Child::expect(const std::string& prefix, std::chrono::milliseconds patience)
{
    const auto until = Clock::now() + patience;
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        const std::optional<std::string> line = next_line(std::max(left, std::chrono::milliseconds(0)));
        if (!line) {
            throw base::Problem(fmt::format("{} did not say '{}' within {} s; its last line was '{}'", name_, prefix,
                                            std::chrono::duration<double>(patience).count(), last_line_));
        }
        if (line->starts_with(prefix)) {
            return *line;
        }
    }
}

std::optional<int> Child::finish(std::chrono::milliseconds patience)
{
    if (to_ >= 0) {
        close(std::exchange(to_, -1));
    }
    const auto until = Clock::now() + patience;
    while (!reap(false)) {
        if (Clock::now() > until) {
            return std::nullopt;
        }
        (void)next_line(std::chrono::milliseconds(20)); // so that it can write its last words
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

} // namespace iochron::perf
