#pragma once

namespace iochron::cli {

/// EPICS' caRepeater. The exit status.
int repeater_main(int argc, char** argv);

} // namespace iochron::cli
