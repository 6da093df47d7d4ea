#pragma once

#include "client/ca/client.h"
#include "pv/source.h"
#include "reactor/shard.h"
#include "reactor/spdlog_log.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iochron::cli {

/// One PV that a tool was given on its command line.
struct CaPv {
    std::string name;
    pv::ChannelId channel{};
    bool connected = false;
    bool ever_connected = false;
    bool listened_to = false;
    /// The last answer of read() or write(): not there before it came.
    std::optional<pv::Status> status{};
    pv::Value value{};
    base::Stamp time{};
    pv::Alarm alarm{};
    pv::Acknowledgement acknowledgement{};
    pv::Meta meta{}; ///< of a GR or CTRL type
};

/// What the Channel Access tools do with their PVs: connect them, read, write, listen, each with one time-out for all.
/// Everything happens on the calling thread.
/// Thread: shard
class CaSession final : public pv::Sink {
  public:
    /// Throws base::Problem for a name that has a scheme other than ca://. `timeout_s` 0: wait for ever.
    CaSession(const std::vector<std::string>& names, double timeout_s, std::uint16_t priority);
    ~CaSession() override;

    [[nodiscard]] std::vector<CaPv>& pvs() { return pvs_; }
    [[nodiscard]] client::ca::Client& client() { return *client_; }
    [[nodiscard]] client::ca::ChannelInfo info(const CaPv& pv) { return client_->info(pv.channel); }

    /// False when not all are connected in time.
    bool connect();
    /// Asks for one PV; wait() brings the answer. `count` 0: as many as there are.
    void ask(CaPv& pv, wire::ca::Dbr type, std::uint32_t count);
    void put(CaPv& pv, pv::Value value, wire::ca::Dbr type, bool wait_for_processing);
    /// Waits for all that was asked for and put. False when something has not come in time.
    bool wait();
    /// How a channel is listened to.
    struct Listening {
        wire::ca::Dbr type{};
        std::uint32_t count = 0;
        pv::Mask mask{};
    };
    /// Listens to each PV as soon as it is connected. `told` gets each update, and each loss of a connection (with
    /// pv.connected false), while connect() or run() wait.
    void listen(std::function<Listening(const client::ca::ChannelInfo&)> how, std::function<void(CaPv&)> told);
    /// Until the program is interrupted.
    void run() { shard_.run(); }

    void opened(std::span<const pv::Opened> answers) override;
    std::size_t updates(std::span<const pv::Update> batch) override;
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override;
    void rights_changed(pv::Token, pv::Rights) override {}
    void meta_changed(pv::Token, const pv::MetaRef&) override {}
    void closed(pv::Token channel, const pv::Status& why) override;
    void settled() override {}

  private:
    [[nodiscard]] base::Steady latest() const;
    void subscribe(CaPv& pv);
    static void take(CaPv& pv, const pv::Sample& sample);

    double timeout_s_;
    reactor::SpdlogLog log_;
    reactor::Shard shard_;
    std::unique_ptr<client::ca::Client> client_;
    std::vector<CaPv> pvs_;
    std::size_t connected_ = 0;
    std::size_t under_way_ = 0;
    std::function<Listening(const client::ca::ChannelInfo&)> how_;
    std::function<void(CaPv&)> told_;
};

/// Connects all PVs. False when some are not connected in time: that is told on standard error, as EPICS' tools do.
bool connect_or_tell(CaSession& session);

} // namespace iochron::cli
