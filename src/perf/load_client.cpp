#include "perf/load_client.h"

#include "perf/scenario.h"

#include <fmt/format.h>

#include <limits>

namespace iochron::perf {
namespace {

constexpr auto look_again = std::chrono::milliseconds(100);
constexpr auto look_soon = std::chrono::milliseconds(5);

} // namespace

LoadClient::LoadClient(reactor::Shard& shard, pv::Source& network, const base::Clock& clock, const Wanted& wanted)
    : shard_(shard), network_(network), clock_(clock), wanted_(wanted), channels_(wanted.pvs), subscribed_(wanted.pvs),
      verifier_(std::size_t{wanted.pvs} * wanted.monitors), timer_(shard)
{}

void LoadClient::start(std::function<void()> ready)
{
    ready_ = std::move(ready);
    std::vector<std::string> names;
    std::vector<pv::OpenRequest> requests;
    for (std::uint32_t i = 0; i < wanted_.pvs; ++i) {
        names.push_back(pv_name(i));
    }
    for (std::uint32_t i = 0; i < wanted_.pvs; ++i) {
        requests.push_back({names[i], pv::Token{i}});
    }
    network_.open(requests, {}, *this);
    watch_ready();
}

void LoadClient::watch_ready()
{
    if (received_ >= std::uint64_t{wanted_.pvs} * wanted_.monitors && verifier_.silent() == 0) {
        ready_();
        return;
    }
    timer_.at(shard_.now() + look_soon, [this] { watch_ready(); });
}

void LoadClient::opened(std::span<const pv::Opened> answers)
{
    for (const pv::Opened& answer : answers) {
        const auto pv = static_cast<std::uint32_t>(answer.token);
        channels_[pv] = answer.channel;
        if (!answer.status.ok() || subscribed_[pv]) {
            continue; // refused, or back again with its subscriptions
        }
        subscribed_[pv] = true;
        for (std::uint32_t m = 0; m < wanted_.monitors; ++m) {
            pv::SubscribeRequest request;
            request.channel = answer.channel;
            request.token = pv::Token{std::uint64_t{m} * wanted_.pvs + pv};
            request.count = 1;
            request.own = true;
            network_.subscribe(request, *this);
        }
    }
}

inline void LoadClient::check(const pv::Update& update)
{
    const auto subscription = static_cast<std::size_t>(update.token);
    const pv::Value& value = update.sample.value;
    if (value.type() != wanted_.number || value.is_array()) [[unlikely]] {
        verifier_.wrong(subscription);
    } else if (wanted_.number == pv::ScalarType::float64) [[likely]] {
        verifier_.check(subscription, value.get<double>());
    } else {
        verifier_.check(subscription, value.as_double());
    }
}

// hot: a check and a histogram entry for each update, one clock reading for all.
std::size_t LoadClient::updates(std::span<const pv::Update> batch)
{
    const base::Stamp now = clock_.now();
    base::Stamp stamp = batch.front().sample.time;
    std::uint64_t alike = 0;
    for (const pv::Update& update : batch) {
        check(update);
        overruns_ += update.sample.overrun ? 1 : 0;
        if (update.sample.time == stamp) {
            ++alike;
        } else {
            window_.latency.add(std::chrono::nanoseconds(now.ns - stamp.ns), alike);
            stamp = update.sample.time;
            alike = 1;
        }
    }
    window_.latency.add(std::chrono::nanoseconds(now.ns - stamp.ns), alike);
    received_ += batch.size();
    return batch.size();
}

void LoadClient::begin_window()
{
    window_ = {};
    window_.received = received_;
    window_began_ = std::chrono::steady_clock::now();
}

LoadClient::Window LoadClient::end_window()
{
    Window window = window_;
    window.received = received_ - window_.received;
    window.lost = verifier_.lost();
    window.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - window_began_).count();
    return window;
}

void LoadClient::drain(std::function<void(Verdict)> done, std::chrono::milliseconds quiet)
{
    drained_ = std::move(done);
    quiet_looks_enough_ = static_cast<int>(quiet / look_again);
    last_.assign(wanted_.pvs, std::numeric_limits<double>::quiet_NaN());
    reads_left_ = wanted_.pvs;
    for (std::uint32_t i = 0; i < wanted_.pvs; ++i) {
        network_.read({channels_[i], pv::Token{i}, 1}, {}, *this);
    }
    watch_drained();
}

void LoadClient::completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample)
{
    if (status.ok() && sample != nullptr) {
        last_[static_cast<std::size_t>(operation)] = sample->value.as_double();
    } else {
        reads_failed_.add(status);
    }
    --reads_left_;
}

void LoadClient::watch_drained()
{
    quiet_looks_ = received_ == received_before_ && reads_left_ == 0 ? quiet_looks_ + 1 : 0;
    received_before_ = received_;
    const bool complete = reads_left_ == 0 && verifier_.judge(last_).lost == 0;
    if (complete || quiet_looks_ > quiet_looks_enough_) {
        drained_(verifier_.judge(last_));
        return;
    }
    timer_.at(shard_.now() + look_again, [this] { watch_drained(); });
}

/// What it costs is found by the verifier besides: the values posted meanwhile are missing.
void LoadClient::closed(pv::Token, const pv::Status& why)
{
    channels_lost_.add(why);
}

bool LoadClient::ended(pv::Token, const pv::Status& why)
{
    monitors_ended_.add(why);
    return true;
}

void LoadClient::Trouble::add(const pv::Status& status)
{
    if (count++ == 0) {
        first = status.text.empty() ? std::string(to_string(status.outcome)) : status.text;
    }
}

std::vector<std::string> LoadClient::troubles() const
{
    std::vector<std::string> all;
    if (channels_lost_.count > 0) {
        all.push_back(fmt::format("{} channels lost: {}", channels_lost_.count, channels_lost_.first));
    }
    if (monitors_ended_.count > 0) {
        all.push_back(fmt::format("{} monitors refused or ended: {}", monitors_ended_.count, monitors_ended_.first));
    }
    if (reads_failed_.count > 0) {
        all.push_back(fmt::format("{} PVs could not be read at the end: {}", reads_failed_.count, reads_failed_.first));
    }
    if (overruns_ > 0) {
        all.push_back(fmt::format("{} updates came merged, as the server says (overrun)", overruns_));
    }
    return all;
}

} // namespace iochron::perf
