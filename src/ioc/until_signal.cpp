#include "ioc/until_signal.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <semaphore.h>

namespace iochron::ioc {
namespace {

sem_t told; // a signal handler can reach nothing but globals

extern "C" void tell(int)
{
    const int saved = errno;
    sem_post(&told);
    errno = saved;
}

} // namespace

void until_signal()
{
    constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};
    std::array<struct sigaction, signals.size()> before{};
    struct sigaction action{};
    action.sa_handler = tell;
    sem_init(&told, 0, 0);
    for (std::size_t i = 0; i < signals.size(); ++i) {
        sigaction(signals[i], &action, &before[i]);
    }
    while (sem_wait(&told) != 0 && errno == EINTR) {
    }
    for (std::size_t i = 0; i < signals.size(); ++i) {
        sigaction(signals[i], &before[i], nullptr);
    }
}

} // namespace iochron::ioc
