#pragma once

namespace iochron::ioc {

/// Waits on the calling thread until this process is told to end: SIGINT, SIGTERM or SIGHUP. For one caller at a time;
/// the signals' earlier handlers are put back afterwards.
void until_signal();

} // namespace iochron::ioc
