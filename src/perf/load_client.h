#pragma once

#include "base/log.h"
#include "base/time.h"
#include "perf/latency.h"
#include "perf/verify.h"
#include "pv/scalar_type.h"
#include "pv/source.h"
#include "reactor/shard.h"
#include "reactor/timer.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace iochron::perf {

/// N PVs with M monitors each, every monitor a subscription of its own on the wire, every update checked.
/// Subscription s belongs to PV s % N.
/// Thread: shard
class LoadClient final : public pv::Sink {
  public:
    struct Wanted {
        std::uint32_t pvs = 0;
        std::uint32_t monitors = 0;                      ///< of each
        pv::ScalarType number = pv::ScalarType::float64; ///< or int32; an update of another type is wrong
    };
    struct Window {
        std::uint64_t received = 0;
        std::uint64_t lost = 0; ///< of all since subscribing, until now
        double seconds = 0;
        Latency latency; ///< from the record's time stamp to the callback
    };

    LoadClient(reactor::Shard& shard, pv::Source& network, const base::Clock& clock, const Wanted& wanted);

    /// Opens and subscribes; `ready` is called once every subscription has its first value (to 5 ms).
    void start(std::function<void()> ready);
    void begin_window();
    [[nodiscard]] Window end_window();
    /// Reads each PV's value, which must no longer change, waits until every subscription has it (or until nothing has
    /// come for `quiet`) and judges.
    void drain(std::function<void(Verdict)> done, std::chrono::milliseconds quiet = std::chrono::seconds(3));
    /// What went wrong besides, in words: channels that were lost, PVs that could not be read for the drain, updates
    /// that the server says it has merged.
    [[nodiscard]] std::vector<std::string> troubles() const;
    /// Updates, ever.
    [[nodiscard]] std::uint64_t received() const { return received_; }

    void opened(std::span<const pv::Opened> answers) override;
    std::size_t updates(std::span<const pv::Update> batch) override;
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override;
    void rights_changed(pv::Token, pv::Rights) override {}
    void meta_changed(pv::Token, const pv::MetaRef&) override {}
    void closed(pv::Token channel, const pv::Status& why) override;
    bool ended(pv::Token subscription, const pv::Status& why) override;
    void settled() override {}

  private:
    /// Things of one kind that went wrong, with the words of the first.
    struct Trouble {
        std::uint64_t count = 0;
        std::string first;

        void add(const pv::Status& status);
    };

    void check(const pv::Update& update);
    void watch_ready();
    void watch_drained();

    reactor::Shard& shard_;
    pv::Source& network_;
    const base::Clock& clock_;
    Wanted wanted_;
    std::vector<pv::ChannelId> channels_;
    std::vector<bool> subscribed_; ///< by PV
    Verifier verifier_;
    std::uint64_t received_ = 0; ///< updates, ever
    std::uint64_t overruns_ = 0; ///< those that stand for older ones too
    Window window_;
    std::chrono::steady_clock::time_point window_began_;
    std::function<void()> ready_;
    std::function<void(Verdict)> drained_;
    std::vector<double> last_; ///< the server's own values
    std::size_t reads_left_ = 0;
    std::uint64_t received_before_ = 0;
    int quiet_looks_ = 0;
    int quiet_looks_enough_ = 0;
    Trouble channels_lost_;
    Trouble monitors_ended_;
    Trouble reads_failed_;
    reactor::Timer timer_;
};

/// The process `iochron bench-client`: a LoadClient of the protocol ("ca" or "pva"), told what to do by lines on
/// standard input ("measure", "measured", "drain"), answering with one line of JSON each. First it says "ready" and the
/// seconds from asking to the first value of the last subscription. The exit status.
int run_load_client(const std::string& protocol, const LoadClient::Wanted& wanted);

} // namespace iochron::perf
