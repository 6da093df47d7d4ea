#include "db/core.h"
#include "db/cycle.h"
#include "db/record_fields.h"
#include "db/text.h"
#include "pv/convert.h"

#include <fmt/format.h>

#include <cstdlib>
#include <limits>

namespace iochron::db {

namespace {

constexpr pv::Mask listening = pv::Mask::value | pv::Mask::alarm;

bool is_integer(pv::ScalarType type)
{
    return type != pv::ScalarType::string && type != pv::ScalarType::float32 && type != pv::ScalarType::float64;
}

/// What a plain number means to an integer field: as EPICS Base reads it, "5.9" is 5, "1e3" is 1 and "0x1F" is 31.
pv::Value leading_integer(const std::string& text)
{
    constexpr int any_base = 0;
    if (text.starts_with('-')) {
        return pv::Value::of(static_cast<std::int64_t>(std::strtoll(text.c_str(), nullptr, any_base)));
    }
    return pv::Value::of(static_cast<std::uint64_t>(std::strtoull(text.c_str(), nullptr, any_base)));
}

/// Who takes the time of a record hears of it with its value; the field TIME itself has nothing to post.
Stream& heard_by(Core& core, const Link& link)
{
    Record& target = core.records[link.target.record];
    return core.stream(target, link.is(link_time) ? core.type(target).value_field : link.target.field);
}

} // namespace

Core::Place Core::place(std::string_view name)
{
    const std::size_t dot = name.find('.');
    const auto id = names.find(name.substr(0, dot));
    if (!id) {
        return {};
    }
    Record& record = records[RecordId{*id}];
    std::string_view field = dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
    const bool characters = field.ends_with('$');
    field.remove_suffix(characters ? 1 : 0);
    const Field* const found = type(record).find(field);
    if (found == nullptr || (characters && scalar_type(found->type) != pv::ScalarType::string)) {
        return {};
    }
    return {&record, static_cast<FieldIndex>(found->index | (characters ? long_string : 0))};
}

std::expected<LinkId, std::string> Core::make_link(Record& owner, const Field& field, std::string_view text)
{
    const auto parsed = parse_link(text, field.type);
    if (!parsed) {
        return std::unexpected(parsed.error());
    }
    if (parsed->kind == LinkKind::none) {
        return no_link;
    }
    Link link;
    link.kind = parsed->kind;
    link.flags = parsed->flags;
    link.inherit = parsed->inherit;
    link.owner = owner.id;
    link.owner_field = field.index & 0x7fff;
    std::string_view kept = parsed->target;
    if (link.kind == LinkKind::number) {
        link.number = parsed->number;
        kept = fmt::format("{}", link.number) == kept ? std::string_view{} : kept;
    }
    const LinkId id = links.make(link, kept);
    if (link.kind == LinkKind::wanted) {
        resolve(id, started);
    }
    return id;
}

void Core::resolve(LinkId id, bool complete)
{
    Link& link = links[id];
    const std::string_view target = links.text(id);
    const Place found = place(target);
    if (found.record == nullptr) {
        if (complete && with.network) {
            remotes.make(id);
        }
        return;
    }
    const Field& field = this->field(*found.record, found.field & static_cast<FieldIndex>(~long_string));
    if (field.type == Dbf::noaccess) {
        if (field.index != field_time || link.owner_field != field_tsel) {
            return;
        }
        link.flags |= link_time;
    }
    link.kind = LinkKind::record;
    link.target = {found.record->id, found.field};
    const bool has_field = target.find('.') != std::string_view::npos;
    link.flags |= has_field ? link_has_field : 0;
    const std::string_view name = target.substr(0, target.find('.'));
    const bool plain = !has_field || target.substr(target.find('.') + 1) == field.name;
    if (plain && name == this->name(*found.record)) {
        links.drop_text(id);
    }
}

void Core::adapt_to_device(LinkId id)
{
    Link& link = links[id];
    const Record& owner = records[link.owner];
    const bool input = link.kind == LinkKind::record && !type(owner).output && !devices[owner.type].empty() &&
                       field(owner, link.owner_field).name == "INP";
    if (input && device(owner).name == "Async Soft Channel") {
        link.flags = static_cast<std::uint8_t>((link.flags & link_has_field) | link_awaits);
    }
}

void Core::listen(LinkId id)
{
    Link& link = links[id];
    if (link.kind != LinkKind::record || (!link.is(link_cp) && !link.is(link_cpp)) || link.is(link_listens)) {
        return;
    }
    Stream& heard = heard_by(*this, link);
    const Node node = posts.more.make();
    posts.more[node] = {.token = pv::Token{static_cast<std::uint32_t>(id)}, .mask = listening, .next = heard.more};
    heard.more = node;
    heard.wants |= listening;
    link.flags |= link_listens;
}

void Core::unlisten(LinkId id)
{
    Link& link = links[id];
    if (!link.is(link_listens)) {
        return;
    }
    Stream& heard = heard_by(*this, link);
    for (Node* at = &heard.more; *at != 0; at = &posts.more[*at].next) {
        if (posts.more[*at].sink == 0 && static_cast<LinkId>(posts.more[*at].token) == id) {
            const Node gone = *at;
            *at = posts.more[gone].next;
            posts.more.free(gone);
            break;
        }
    }
    link.flags &= static_cast<std::uint8_t>(~link_listens);
    update_wants(heard);
}

void Core::update_wants(Stream& stream)
{
    stream.wants = stream.mask;
    for (Node at = stream.more; at != 0; at = posts.more[at].next) {
        stream.wants |= posts.more[at].mask;
    }
}

std::string Core::misfit(const Record& record, const Field& field, LinkId link) const
{
    const bool of_device = (field.name == "INP" || field.name == "OUT") && !devices[record.type].empty();
    const bool wanted = of_device && device(record).addressed;
    const bool given = link != no_link && links[link].kind == LinkKind::device;
    if (wanted == given) {
        return {};
    }
    return wanted ? fmt::format("{} holds an address ('@...') for the device kind '{}', not '{}'", field.name,
                                device(record).name, link_text(link))
                  : fmt::format("{} is a link, so it cannot hold the address '{}'", field.name, link_text(link));
}

void Core::drop_link(LinkId id)
{
    if (id != no_link) {
        unlisten(id);
        if (links[id].kind == LinkKind::remote) {
            remotes.end(id);
        }
        links.free(id);
    }
}

std::string Core::link_text(LinkId id) const
{
    if (id == no_link) {
        return {};
    }
    const Link& link = links[id];
    std::string text(links.text(id));
    if (link.kind == LinkKind::number && text.empty()) {
        return fmt::format("{}", link.number);
    }
    if (link.kind < LinkKind::record) {
        return text;
    }
    if (text.empty()) {
        const Record& target = records[link.target.record];
        text = name(target);
        if (link.is(link_has_field)) {
            text += '.';
            text += field(target, link.target.field & static_cast<FieldIndex>(~long_string)).name;
        }
    }
    return text + modifiers(link, field(records[link.owner], link.owner_field).type);
}

void Core::raise_link_alarm(Record& record, LinkId link)
{
    Cycle cycle(*this, record, false, record.time);
    if (links[link].is(link_awaits)) { // so do the device kinds of EPICS Base
        cycle.alarm(pv::AlarmStatus::read, pv::Severity::invalid);
        return;
    }
    cycle.alarm(pv::AlarmStatus::link, pv::Severity::invalid,
                fmt::format("field {}", field(record, links[link].owner_field).name));
}

// By a link within the database EPICS Base reads the text of a link as a text or as characters; as a double it is NaN.
pv::Value Core::text_of_target(const Link& link, pv::ScalarType type, bool array) const
{
    const Record& target = records[link.target.record];
    const bool characters = (link.target.field & long_string) != 0;
    if (!array && !characters) {
        return {};
    }
    if (type == pv::ScalarType::float64) {
        return pv::Value::of(std::numeric_limits<double>::quiet_NaN());
    }
    const auto plain = static_cast<FieldIndex>(link.target.field & ~long_string);
    if (type == pv::ScalarType::string) {
        return value(target, plain);
    }
    return pv::element_bytes(type) == 1 ? value(target, plain | long_string) : pv::Value();
}

pv::Value Core::fetch(Record& record, const Link& link, pv::ScalarType type, bool array)
{
    if (link.kind == LinkKind::remote) {
        const Remote& remote = remotes.at(link);
        return remote.has_value() ? remote.value : pv::Value();
    }
    if (link.kind != LinkKind::record) {
        return {};
    }
    Record& target = records[link.target.record];
    if (link.is(link_pp) && target.scan == scan_passive && !process_target(record, target)) {
        return {};
    }
    const Field& source = field(target, link.target.field & static_cast<FieldIndex>(~long_string));
    const bool by_ca = (link.flags & (link_ca | link_cp | link_cpp)) != 0;
    if (is_link(source.type) && !by_ca) {
        return text_of_target(link, type, array);
    }
    pv::Value read = value(target, link.target.field);
    const bool no_character = !array && read.is_array() && read.count() == 0 && (link.target.field & long_string) != 0;
    return no_character ? pv::Value::of(std::uint8_t{0}) : read; // the NUL of an empty text
}

void Core::inherit_by(Record& record, const Link& link)
{
    if (link.inherit == Inherit::none) {
        return;
    }
    if (link.kind == LinkKind::remote) {
        inherit_alarm(*this, record, link.inherit, remotes.at(link).alarm, {});
    } else if (link.is(link_awaits)) {
        const Record& from = records[link.target.record];
        inherit_alarm(*this, record, link.inherit, {from.sevr, from.stat}, {});
    } else {
        Cycle(*this, record, false, record.time).inherit(link.inherit, records[link.target.record]);
    }
}

pv::Value Core::try_link_as(Record& record, LinkId id, pv::ScalarType type)
{
    const Link link = links[id];
    pv::Value value = fetch(record, link, type, false);
    if (!value.empty() && (value.type() != type || value.is_array())) {
        value = read_as(link, value, type).value_or(pv::Value());
    }
    if (!value.empty()) {
        inherit_by(record, link);
    }
    return value;
}

pv::Value Core::read_link_as(Record& record, LinkId id, pv::ScalarType type)
{
    if (id == no_link || links[id].is_constant()) {
        return {};
    }
    pv::Value value = try_link_as(record, id, type);
    if (value.empty()) {
        raise_link_alarm(record, id);
    }
    return value;
}

pv::Value Core::read_link_as(Record& record, LinkId id, Shape shape)
{
    if (id == no_link || links[id].is_constant()) {
        return {};
    }
    const Link link = links[id];
    const pv::Value value = fetch(record, link, shape.type, shape.max_count > 1);
    auto array = value.empty() ? pv::Value() : array_of_shape(value, shape).value_or(pv::Value());
    if (array.empty()) {
        raise_link_alarm(record, id);
    } else {
        inherit_by(record, link);
    }
    return array;
}

std::expected<pv::Value, pv::Status> Core::read_as(const Link& link, const pv::Value& value, pv::ScalarType type)
{
    if (type != pv::ScalarType::string) {
        return pv::convert_to_scalar(value, type, nullptr);
    }
    const pv::MetaRef source =
        link.kind == LinkKind::remote ? remotes.text_meta(link) : meta(records[link.target.record], link.target.field);
    return pv::convert_to_scalar(value, type, source.get());
}

pv::Value Core::constant_array(LinkId id) const
{
    if (id != no_link && links[id].kind == LinkKind::number) {
        return pv::Value::of(std::string_view(link_text(id))); // all digits of a 64-bit integer
    }
    if (id != no_link && links[id].kind == LinkKind::constant) {
        return parse_constant(links.text(id)).value_or(pv::Value());
    }
    return {};
}

pv::Value Core::constant(LinkId id, pv::ScalarType type) const
{
    pv::Value value = constant_array(id);
    if (value.empty()) {
        return value;
    }
    if (links[id].kind == LinkKind::number && is_integer(type)) {
        value = leading_integer(std::string(value.text()));
    }
    return pv::convert_to_scalar(value, type, nullptr).value_or(pv::Value());
}

bool Core::constant(LinkId id, double& number) const
{
    if (id != no_link && links[id].kind == LinkKind::number) {
        number = links[id].number;
        return true;
    }
    const pv::Value value = constant(id, pv::ScalarType::float64);
    if (value.empty()) {
        return false;
    }
    number = value.get<double>();
    return true;
}

} // namespace iochron::db
