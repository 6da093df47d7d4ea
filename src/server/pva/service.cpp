#include "server/pva/service.h"

#include "pv/normative.h"
#include "wire/pva/bit_set.h"
#include "wire/pva/header.h"
#include "wire/pva/status.h"
#include "wire/pva/value.h"

#include <algorithm>

namespace iochron::server::pva {
namespace {

using wire::pva::Encoder;

Encoder begin(Outgoing& outgoing, std::uint8_t subcommand)
{
    Encoder encoder = outgoing.begin(wire::pva::Command::monitor);
    encoder.u32(0); // the request's id, patched in for each member
    encoder.u8(subcommand);
    return encoder;
}

} // namespace

Service::Service(Surroundings surroundings, const wire::pva::Guid& guid, Names names)
    : server::Service(
          std::move(surroundings),
          {.prefix = "pva.server.", .sessions = "connections", .id_at = id_offset, .properties_apart = true}),
      guid_(guid), names_(std::move(names))
{}

Service::~Service() = default;

std::uint32_t Service::select(const pv::TypeRef& type, const pv::BitSet& fields)
{
    const auto found = std::ranges::find_if(selections_, [&](const Selection& selection) {
        return selection.type != nullptr && selection.fields == fields &&
               (selection.type == type || *selection.type == *type);
    });
    if (found != selections_.end()) {
        return static_cast<std::uint32_t>(found - selections_.begin());
    }
    auto number = static_cast<std::uint32_t>(selections_.size());
    if (free_selections_.empty()) {
        selections_.emplace_back();
    } else {
        number = free_selections_.back();
        free_selections_.pop_back();
    }
    selections_[number] = {type, fields};
    return number;
}

void Service::group_ended(const Group& group)
{
    Selection& selection = selections_[group.count];
    if (--selection.groups == 0) {
        selection = {};
        free_selections_.push_back(group.count);
    }
}

std::size_t Service::updates(std::span<const pv::Update> batch)
{
    return deliver(batch, [this](const Group& group, const pv::Sample& sample) { return encode(group, sample); });
}

EncodedUpdate Service::encode(const Group& group, const pv::Sample& sample)
{
    constexpr pv::Mask changing = pv::Mask::value | pv::Mask::log | pv::Mask::alarm;
    const bool only_changing = any(sample.mask & changing) && !any(sample.mask & pv::Mask::property);
    if (group.type == as_number && only_changing && is_number(sample.value.type()) && !sample.value.is_array())
        [[likely]] {
        if (const auto frame = number_frame_.encode(sample); !frame.empty()) [[likely]] {
            return {frame, {}};
        }
    }
    if (group.type != as_number || sample.mask != pv::Mask::none) {
        return structure(selections_[group.count], sample);
    }
    if (const auto frame = first_frame_.find(group, sample); !frame.empty()) {
        return {frame, {}};
    }
    const EncodedUpdate made = structure(selections_[group.count], sample);
    if (made.payload.empty() && made.rest.empty()) {
        first_frame_.keep(group, sample, made.head);
    }
    return made;
}

EncodedUpdate Service::structure(const Selection& selection, const pv::Sample& sample)
{
    const bool first = sample.mask == pv::Mask::none;
    if (const pv::Structure* const whole = sample.value.structure()) {
        pv::BitSet marks = selection.fields;
        if (!first) {
            marks &= whole->marked();
            if (marks.none()) { // what has changed is not wanted, as in pvxs
                return {};
            }
        }
        return fields(*whole, marks);
    }
    const bool property = any(sample.mask & pv::Mask::property);
    const pv::Parts parts = first || property ? pv::Parts::all : pv::Parts::changing;
    pv::Structure all = to_structure(selection.type, sample, *sample.meta, parts);
    all.keep_marks(selection.fields);
    return fields(all, all.marked());
}

EncodedUpdate Service::fields(const pv::Structure& structure, const pv::BitSet& marks)
{
    Encoder encoder = begin(outgoing_, 0);
    wire::pva::write(encoder, marks);
    write_fields(encoder, structure, marks);
    encoder.u8(0); // nothing overrun
    return outgoing_.end();
}

/// The end of the subscription, with its reason.
EncodedUpdate Service::refuse(const Group& /*group*/, const pv::Status& why)
{
    constexpr std::uint8_t finish = 0x10;
    Encoder encoder = begin(outgoing_, finish);
    wire::pva::write(encoder, wire::pva::to_status(why));
    return outgoing_.end();
}

} // namespace iochron::server::pva
