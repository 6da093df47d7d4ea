#pragma once

namespace iochron::cli {

/// The tools of Channel Access, with the options and output of EPICS Base 7's. The exit status.
int caget_main(int argc, char** argv);
int caput_main(int argc, char** argv);
int camonitor_main(int argc, char** argv);
int cainfo_main(int argc, char** argv);
int casw_main(int argc, char** argv);

} // namespace iochron::cli
