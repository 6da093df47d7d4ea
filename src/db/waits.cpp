#include "db/waits.h"

namespace iochron::db {

void Waits::cancel(pv::ChannelId channel, std::optional<pv::Token> token, pv::Sink* sink)
{
    const auto meant = [&](pv::ChannelId its_channel, pv::Token its_token, const pv::Sink* its_sink) {
        return its_channel == channel && (!token || its_token == *token) && (sink == nullptr || its_sink == sink);
    };
    std::vector<base::Handle> gone;
    waits_.each([&](base::Handle handle, const Wait& wait) {
        if (meant(wait.channel, wait.token, wait.sink)) {
            gone.push_back(handle);
        }
    });
    for (const base::Handle handle : gone) {
        waits_.erase(handle);
    }
    for (auto& [record, waited] : of_record_) {
        std::erase_if(waited.puts,
                      [&](const LatePut& put) { return meant(put.request.channel, put.request.token, put.sink); });
    }
}

} // namespace iochron::db
