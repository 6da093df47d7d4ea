#include "perf/result.h"

#include <fmt/format.h>

namespace iochron::perf {

void judge(Result& result)
{
    if (!result.verdict.clean()) {
        result.failures.push_back(result.verdict.words());
    }
    if (result.coalesced > 0) {
        result.failures.push_back(fmt::format("{} updates coalesced by the server", result.coalesced));
    }
    if (result.subscriptions_served != result.row.subscriptions()) {
        result.failures.push_back(fmt::format("the server counts {} subscriptions, {} were made",
                                              result.subscriptions_served, result.row.subscriptions()));
    }
    if (result.updates_sent != result.verdict.received) {
        result.failures.push_back(fmt::format("the server counts {} updates sent, the client {} received",
                                              result.updates_sent, result.verdict.received));
    }
    if (result.row.subscriptions() > 0 && result.processed_share < least_processed_share) {
        result.failures.push_back(
            fmt::format("{:.2f} % of the updates that the rate asks for were made, at least {:.1f} % are wanted",
                        result.processed_share * 100, least_processed_share * 100));
    }
}

} // namespace iochron::perf
