#pragma once

#include <string>
#include <vector>

namespace iochron::cli {

/// `iochron repeater`, in EPICS caRepeater: passes the beacons of CA servers on to all clients of this host.
int repeater_main(int argc, char** argv);

/// How a client of this program starts one: by the program itself, for as long as somebody uses it.
[[nodiscard]] std::vector<std::string> repeater_command();

} // namespace iochron::cli
