#include "perf/faulty_wire.h"

#include "server/ca/frames.h"

#include <array>

namespace iochron::perf {
namespace {

const server::Frames& frames = server::ca::frames;

Planter::Fate fate(Planter& planter, std::span<const std::byte> frame)
{
    const auto subscription = frames.update(frame);
    return subscription ? planter.fate(*subscription) : Planter::Fate::pass;
}

} // namespace

base::Output& FaultyWire::output()
{
    if (!plan_.stalled && !inner_->output().empty()) {
        lose_waiting();
        take_written();
        cut_frames();
    }
    return out_;
}

/// Each frame is seen once, as all that waits is written right afterwards.
void FaultyWire::lose_waiting()
{
    inner_->output().retain(frames.bytes, [this](std::span<const std::byte> frame) {
        return fate(plan_.queue, frame) != Planter::Fate::drop;
    });
}

void FaultyWire::take_written()
{
    std::array<std::span<const std::byte>, 16> pieces;
    while (inner_->output().gather(pieces) > 0) {
        written_.insert(written_.end(), pieces[0].begin(), pieces[0].end());
        inner_->output().consume(pieces[0].size());
    }
}

void FaultyWire::cut_frames()
{
    std::span<const std::byte> left(written_);
    while (!left.empty()) { // a circuit writes whole frames only
        const std::size_t size = frames.bytes(left);
        pass_on(left.first(size));
        left = left.subspan(size);
    }
    written_.clear();
}

void FaultyWire::pass_on(std::span<const std::byte> frame)
{
    plan_.frames += frames.update(frame).has_value() ? 1 : 0;
    const Planter::Fate what = fate(plan_.wire, frame);
    if (what != Planter::Fate::drop) {
        out_.append(frame);
    }
    if (what == Planter::Fate::twice) {
        out_.append(frame);
    }
}

} // namespace iochron::perf
