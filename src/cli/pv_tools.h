#pragma once

namespace iochron::cli {

/// The tools of pvAccess, with the options and output of EPICS 7's. The exit status. A name may have "pva://" before
/// it.
int pvget_main(int argc, char** argv);
int pvmonitor_main(int argc, char** argv);
int pvput_main(int argc, char** argv);
int pvinfo_main(int argc, char** argv);
int pvcall_main(int argc, char** argv);
int pvlist_main(int argc, char** argv);

} // namespace iochron::cli
