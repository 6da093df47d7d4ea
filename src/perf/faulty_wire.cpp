#include "perf/faulty_wire.h"

#include <array>

namespace iochron::perf {

Planter::Fate FaultyWire::fate(Planter& planter, std::span<const std::byte> frame) const
{
    const auto subscription = form_.frames.update(frame);
    return subscription ? planter.fate(*subscription) : Planter::Fate::pass;
}

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
    inner_->output().retain(form_.frames.bytes, [this](std::span<const std::byte> frame) {
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
    while (!left.empty()) { // a connection writes whole frames only
        const std::size_t size = form_.frames.bytes(left);
        pass_on(left.first(size));
        left = left.subspan(size);
    }
    written_.clear();
}

void FaultyWire::pass_on(std::span<const std::byte> frame)
{
    plan_.frames += form_.frames.update(frame).has_value() ? 1 : 0;
    switch (fate(plan_.wire, frame)) {
    case Planter::Fate::drop:
        return;
    case Planter::Fate::hold:
        held_.assign(frame.begin(), frame.end());
        return;
    case Planter::Fate::then_held:
        out_.append(frame);
        out_.append(held_);
        return;
    case Planter::Fate::twice:
        out_.append(frame);
        break;
    case Planter::Fate::spoiled:
        spoil(frame);
        return;
    case Planter::Fate::pass:
        break;
    }
    out_.append(frame);
}

void FaultyWire::spoil(std::span<const std::byte> frame)
{
    std::vector<std::byte> bytes(frame.begin(), frame.end());
    std::byte* const value = bytes.data() + form_.value_at(frame);
    base::store(value, base::load<double>(value, form_.order) + 0.5, form_.order);
    out_.append(bytes);
}

} // namespace iochron::perf
