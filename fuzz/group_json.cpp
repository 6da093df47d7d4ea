// Texts with groups: read, or refused with words and a place in them. What is good becomes groups of a small database,
// which are read, put to and monitored.
#include "base/manual_clock.h"
#include "db/group/groups.h"
#include "pv/quiet_sink.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace iochron;

/// Takes all that it is told.
/// Thread: shard
class Listener : public pv::QuietSink {
  public:
    void opened(std::span<const pv::Opened> answers) override { channel = answers.front().channel; }
    void completed(pv::Token, const pv::Status&, const pv::Sample* sample) override
    {
        if (sample != nullptr) {
            value = sample->value;
        }
    }
    void closed(pv::Token, const pv::Status&) override { std::abort(); }

    pv::ChannelId channel{};
    pv::Value value;
};

void check_report(const db::group::Report& report)
{
    for (const std::string& error : report.errors) {
        if (!error.starts_with("group.json:") || error.ends_with(": ")) {
            std::abort();
        }
    }
}

void use(db::group::Groups& groups, std::string_view name)
{
    Listener listener;
    const pv::Peer peer;
    const pv::OpenRequest request{name, pv::Token{1}};
    groups.open({&request, 1}, peer, listener);
    (void)groups.subscribe({.channel = listener.channel, .token = pv::Token{2}}, listener);
    groups.read({.channel = listener.channel, .token = pv::Token{3}}, peer, listener);
    pv::Structure put = *listener.value.structure();
    put.mark_all();
    groups.write({.channel = listener.channel, .token = pv::Token{4}, .value = pv::Value::of(put)}, peer, listener);
    groups.close(listener.channel);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const base::ManualClock clock;
    base::SilentLog log;
    base::Counters counters;
    db::Database database({.clock = clock, .log = log, .counters = counters});
    for (const auto& [type, name] : {std::pair("ao", "a"), std::pair("waveform", "w"), std::pair("mbbo", "m")}) {
        (void)database.create(type, name);
    }
    database.start(base::Steady{});
    db::group::Groups groups(database, log);
    const std::vector<db::group::GroupFile> files = {
        {"group.json", std::string(reinterpret_cast<const char*>(data), size)}};
    check_report(groups.build(files, base::Limits{}));
    for (const std::string& name : groups.names()) {
        use(groups, name);
    }
    return 0;
}
