#include "server/pva/pipe.h"

#include "server/pva/frames.h"

#include <utility>

namespace iochron::server::pva {

Pipe::Pipe(Connection& connection, std::uint32_t credit)
    : connection_(connection), backlog_(connection.service_.around().pool, frames),
      lane_(connection.service_.attach(*this, backlog_.output())), credit_(credit)
{}

Pipe::~Pipe()
{
    clear();
    connection_.service_.detach(lane_);
}

void Pipe::flow()
{
    if (credit_ > 0 && backlog_.size() > 0) {
        std::size_t sent = 0;
        backlog_.output().walk(frames.bytes, [&](std::span<const std::byte> frame) {
            if (credit_ > 0) {
                --credit_;
                sent += frame.size();
                connection_.output().append(frame);
            }
        });
        backlog_.output().consume(sent);
        connection_.service_.touch(connection_.lane());
    }
    note_size();
}

void Pipe::clear()
{
    backlog_.output().clear();
    note_size();
}

void Pipe::settle(base::Steady now)
{
    flow();
    const std::uint64_t before = backlog_.coalesced();
    backlog_.settle(now, connection_.service_.around().limits.max_lag);
    connection_.service_.counts().paused.add(backlog_.coalesced() - before); // the peer granted no more
    note_size();
    connection_.line().touch();
}

void Pipe::collapse()
{
    const std::uint64_t before = backlog_.coalesced();
    backlog_.collapse();
    connection_.service_.counts().paused.add(backlog_.coalesced() - before);
    note_size();
}

void Pipe::note_size()
{
    connection_.service_.around().budget.change(std::exchange(noted_bytes_, backlog_.size()), backlog_.size());
}

} // namespace iochron::server::pva
