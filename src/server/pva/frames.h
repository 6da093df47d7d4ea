#pragma once

#include "server/backlog.h"

namespace iochron::server::pva {

/// How the backlog of a PVA connection tells updates from answers.
extern const Frames frames;

} // namespace iochron::server::pva
