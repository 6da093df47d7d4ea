#pragma once

#include <string>
#include <vector>

namespace iochron::reactor {

/// A program that is started and left alone: with a session of its own, its standard streams at /dev/null, nothing of
/// ours open, and our environment. It is not ended with us.
/// Thread: any (distinct objects)
class DetachedProcess {
  public:
    DetachedProcess() = default;
    DetachedProcess(const DetachedProcess&) = delete;
    DetachedProcess& operator=(const DetachedProcess&) = delete;
    ~DetachedProcess() { reap(); }

    /// The first word is looked for on the PATH. Gives what went wrong, empty where nothing did.
    [[nodiscard]] std::string start(std::vector<std::string> command);
    /// Lets the system forget it if it has ended. Does not wait.
    void reap();

  private:
    int id_ = 0; ///< 0: none
};

} // namespace iochron::reactor
