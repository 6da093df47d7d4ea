#include "reactor/detached_process.h"

#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace iochron::reactor {

std::string DetachedProcess::start(std::vector<std::string> command)
{
    reap();
    std::vector<char*> words;
    for (std::string& word : command) {
        words.push_back(word.data());
    }
    words.push_back(nullptr);
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        ::posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    pid_t id = 0;
    const int error = ::posix_spawnp(&id, words[0], &actions, &attributes, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    id_ = error == 0 ? id : 0;
    return error == 0 ? std::string{} : command.front() + ": " + std::strerror(error);
}

void DetachedProcess::reap()
{
    if (id_ != 0 && ::waitpid(id_, nullptr, WNOHANG) == id_) {
        id_ = 0;
    }
}

} // namespace iochron::reactor
