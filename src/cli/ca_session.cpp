#include "cli/ca_session.h"

#include "base/problem.h"
#include "cli/repeater.h"
#include "ioc/environment.h"

#include <fmt/core.h>

#include <utility>

namespace iochron::cli {
namespace {

std::string without_scheme(const std::string& name)
{
    const std::size_t colon = name.find("://");
    if (colon == std::string::npos) {
        return name;
    }
    if (name.substr(0, colon) != "ca") {
        throw base::Problem(
            fmt::format("{}: this tool asks by Channel Access only, see pvget, pvput, pvmonitor and pvinfo", name));
    }
    return name.substr(colon + 3);
}

} // namespace

CaSession::CaSession(const std::vector<std::string>& names, double timeout_s, std::uint16_t priority)
    : timeout_s_(timeout_s), log_({.level = base::Level::warning}), shard_({.name = "ca"})
{
    client::ca::Settings settings = client::ca::parse_settings(ioc::process_variable);
    settings.repeater_command = repeater_command();
    for (const std::string& warning : settings.warnings) {
        log_.warning("ca.environment", "{}", warning);
    }
    client_ = std::make_unique<client::ca::Client>(shard_, std::move(settings), log_,
                                                   client::ca::ClientOptions{.priority = priority, .describe = false});
    for (const std::string& name : names) {
        pvs_.push_back({.name = without_scheme(name)});
    }
    for (std::size_t i = 0; i < pvs_.size(); ++i) {
        pvs_[i].channel = client_->open_channel({pvs_[i].name, pv::Token{i}}, *this);
    }
}

CaSession::~CaSession()
{
    client_.reset();
}

base::Steady CaSession::latest() const
{
    const auto patience = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(timeout_s_));
    return timeout_s_ != 0 ? std::chrono::steady_clock::now() + patience : base::never;
}

bool connect_or_tell(CaSession& session)
{
    const std::vector<CaPv>& pvs = session.pvs();
    for (const CaPv& pv : pvs) {
        if (pv.name.empty()) {
            fmt::print(stderr, "CA error Invalid string occurred while trying to create channel ''.\n");
            return false;
        }
    }
    if (session.connect()) {
        return true;
    }
    fmt::print(stderr, "Channel connect timed out: {} not found.\n",
               pvs.size() == 1 ? "'" + pvs.front().name + "'" : "some PV(s)");
    return false;
}

bool CaSession::connect()
{
    return shard_.run_until(latest(), [this] { return connected_ == pvs_.size(); });
}

void CaSession::ask(CaPv& pv, wire::ca::Dbr type, std::uint32_t count)
{
    ++under_way_;
    pv.status.reset();
    client_->read_as({pv.channel, pv::Token{static_cast<std::uint64_t>(&pv - pvs_.data())}, count}, type, *this);
}

void CaSession::put(CaPv& pv, pv::Value value, wire::ca::Dbr type, bool wait_for_processing)
{
    ++under_way_;
    pv.status.reset();
    pv::WriteRequest request;
    request.channel = pv.channel;
    request.token = pv::Token{static_cast<std::uint64_t>(&pv - pvs_.data())};
    request.value = std::move(value);
    request.wait = wait_for_processing;
    client_->write_as(request, type, *this);
}

bool CaSession::wait()
{
    return shard_.run_until(latest(), [this] { return under_way_ == 0; });
}

void CaSession::subscribe(CaPv& pv)
{
    pv.listened_to = true; // for good: a lost subscription comes back with its channel
    const Listening how = how_(info(pv));
    client_->subscribe_as({.channel = pv.channel,
                           .mask = how.mask,
                           .token = pv::Token{static_cast<std::uint64_t>(&pv - pvs_.data())},
                           .count = how.count},
                          how.type, *this);
}

void CaSession::listen(std::function<Listening(const client::ca::ChannelInfo&)> how, std::function<void(CaPv&)> told)
{
    how_ = std::move(how);
    told_ = std::move(told);
    for (CaPv& pv : pvs_) {
        if (pv.connected) {
            subscribe(pv);
        }
    }
}

void CaSession::take(CaPv& pv, const pv::Sample& sample)
{
    pv.value = sample.value;
    pv.time = sample.time;
    pv.alarm = sample.alarm;
    pv.acknowledgement = sample.acknowledgement;
    if (sample.meta != nullptr) {
        pv.meta = *sample.meta;
    }
}

void CaSession::opened(std::span<const pv::Opened> answers)
{
    for (const pv::Opened& answer : answers) {
        CaPv& pv = pvs_[static_cast<std::size_t>(answer.token)];
        pv.connected = answer.status.ok();
        pv.ever_connected |= pv.connected;
        connected_ += pv.connected ? 1 : 0;
        if (pv.connected && how_ && !pv.listened_to) {
            subscribe(pv);
        }
    }
}

std::size_t CaSession::updates(std::span<const pv::Update> batch)
{
    for (const pv::Update& update : batch) {
        CaPv& pv = pvs_[static_cast<std::size_t>(update.token)];
        take(pv, update.sample);
        told_(pv);
    }
    return batch.size();
}

void CaSession::completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample)
{
    CaPv& pv = pvs_[static_cast<std::size_t>(operation)];
    pv.status = status;
    --under_way_;
    if (sample != nullptr && status.ok()) {
        take(pv, *sample);
    }
}

void CaSession::closed(pv::Token channel, const pv::Status&)
{
    CaPv& pv = pvs_[static_cast<std::size_t>(channel)];
    if (std::exchange(pv.connected, false)) {
        --connected_;
        if (told_) {
            told_(pv);
        }
    }
}

} // namespace iochron::cli
