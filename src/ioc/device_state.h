#pragma once

#include "db/device.h"
#include "ioc/device.h"
#include "ioc/ioc.h"
#include "reactor/gate.h"

#include <atomic>
#include <memory>

namespace iochron {

/// Thread: fixed
struct DeviceRecord::State {
    std::shared_ptr<reactor::Gate<Ioc::State>> ioc;
    db::RecordId id{};
    std::string name;
    std::string type;
    std::string address;
};

/// Thread: any
struct DeviceCall::State {
    State(std::shared_ptr<reactor::Gate<Ioc::State>> to, db::Question asked, std::string record)
        : ioc(std::move(to)), question(std::move(asked)), name(std::move(record))
    {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { end({.status = {pv::Outcome::internal, "the device has let go of the request"}}); }

    /// The first one counts.
    void end(db::Answer answer);

    std::shared_ptr<reactor::Gate<Ioc::State>> ioc;
    db::Question question;
    std::string name;
    std::atomic<bool> ended = false;
};

} // namespace iochron
