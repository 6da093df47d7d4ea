#include "server/pva/pipe.h"

#include "server/pva/frames.h"

#include <array>
#include <utility>

namespace iochron::server::pva {

Pipe::Pipe(Connection& connection, std::uint32_t id, std::uint32_t credit)
    : connection_(connection), id_(id), backlog_(connection.service_.around().pool, frames),
      lane_(connection.service_.attach(*this, backlog_.output())), credit_(credit)
{
    connection_.backlog_.keep_all_of(id, true);
}

Pipe::~Pipe()
{
    clear();
    connection_.backlog_.keep_all_of(id_, false);
    connection_.service_.detach(lane_);
}

void Pipe::flow()
{
    constexpr std::size_t most_ahead = 4 * base::BlockPool::block_bytes;
    base::Output& waiting = backlog_.output();
    base::Output& to = connection_.output();
    const std::size_t before = waiting.size();
    std::array<std::span<const std::byte>, 1> next;
    while (to.size() < most_ahead && waiting.gather(next) > 0) {
        const bool counts = frames.update(next[0]).has_value(); // the end of a monitor needs no credit
        if (counts && credit_ == 0) {
            break;
        }
        credit_ -= counts ? 1 : 0;
        to.take_frame(waiting, frames.bytes);
    }
    if (waiting.size() != before) {
        connection_.service_.touch(connection_.lane());
    }
    if (credit_ > 0 && !waiting.empty() && !std::exchange(blocked_, true)) {
        connection_.blocked_pipes_.push_back(id_);
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
    connection_.service_.note_size(backlog_, noted_bytes_);
}

} // namespace iochron::server::pva
