#include "client/ca/registration.h"

#include "wire/ca/message.h"
#include "wire/ca/repeater.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace iochron::client::ca {

using namespace std::chrono_literals;

namespace {

/// What a child needs to live by itself: a session of its own, and nothing of ours but the environment.
/// Thread: any
class DetachedSpawn {
  public:
    DetachedSpawn()
    {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID);
        ::posix_spawn_file_actions_init(&actions_);
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            ::posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_RDWR, 0);
        }
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    }
    DetachedSpawn(const DetachedSpawn&) = delete;
    DetachedSpawn& operator=(const DetachedSpawn&) = delete;
    ~DetachedSpawn()
    {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
    }

    /// 0, or the error's number.
    int run(pid_t& child, std::vector<std::string> command)
    {
        std::vector<char*> words;
        for (std::string& word : command) {
            words.push_back(word.data());
        }
        words.push_back(nullptr);
        return ::posix_spawnp(&child, words[0], &actions_, &attributes_, words.data(), environ);
    }

  private:
    posix_spawnattr_t attributes_{};
    posix_spawn_file_actions_t actions_{};
};

} // namespace

Registration::Registration(reactor::Shard& shard, const Settings& settings, reactor::UdpSocket& socket, base::Log& log)
    : shard_(shard), settings_(settings), socket_(socket), log_(log), timer_(shard)
{
    timer_.at(base::never, [this] { ask(); });
    ask();
}

// Every second until the repeater confirms, then only after a minute without any beacon: it may have been restarted,
// and knows its clients no more (libca never notices).
void Registration::ask()
{
    reap();
    const base::Steady now = shard_.now();
    if (!(confirmed_ && now - last_beacon_ < 60s)) {
        if (asked_ == 1 && !confirmed_) {
            start_repeater();
        }
        std::array<std::byte, wire::ca::short_header_bytes> message;
        base::Writer writer(message);
        encode(writer, wire::ca::RepeaterRegister{.address = base::ipv4_loopback.bits});
        (void)socket_.send({base::ipv4_loopback, settings_.repeater_port}, message);
        ++asked_;
    }
    timer_.at(now + (confirmed_ || asked_ > 50 ? 60s : 1s));
}

void Registration::start_repeater()
{
    if (settings_.repeater_command.empty()) {
        return;
    }
    const int error = DetachedSpawn().run(started_, settings_.repeater_command);
    if (error != 0) {
        started_ = 0;
        log_.write(base::Level::info, "ca.client.repeater",
                   "no repeater answers, and '" + settings_.repeater_command.front() + "' cannot be started: " +
                       std::strerror(error) + "; servers that come back are found by searches alone");
    }
}

void Registration::reap()
{
    if (started_ != 0 && ::waitpid(started_, nullptr, WNOHANG) == started_) {
        started_ = 0;
    }
}

} // namespace iochron::client::ca
