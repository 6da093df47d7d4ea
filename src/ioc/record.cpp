#include "ioc/field_texts.h"
#include "ioc/ioc.h"
#include "ioc/state.h"
#include "pv/convert.h"

namespace iochron {
namespace {

/// What a Record<T>'s value is to the database.
pv::Value to_value(double value)
{
    return pv::Value::of(value);
}

pv::Value to_value(std::int32_t value)
{
    return pv::Value::of(value);
}

pv::Value to_value(bool value)
{
    return pv::Value::enumeration(value ? 1 : 0);
}

pv::Value to_value(const std::string& value)
{
    return pv::Value::of(std::string_view(value));
}

pv::Value to_value(const std::vector<double>& value)
{
    return pv::Value::array_of<double>(value);
}

template <class T>
T from_value(const pv::Value& value)
{
    if constexpr (std::is_same_v<T, std::string>) {
        return std::string(value.text());
    } else if constexpr (std::is_same_v<T, std::vector<double>>) {
        const auto numbers = pv::convert(value, pv::ScalarType::float64, nullptr).value_or(pv::Value{});
        return numbers.is_array() ? T(numbers.elements<double>().begin(), numbers.elements<double>().end()) : T{};
    } else {
        return static_cast<T>(value.as_double());
    }
}

} // namespace

void Ioc::State::set(std::span<std::pair<std::uint32_t, Setting>> settings)
{
    const auto report = [this](db::RecordId record, const pv::Status& status) {
        log->warning("ioc.set", "{} was given a value that it cannot take: {}", database.name(record), status.text);
    };
    std::vector<std::pair<db::RecordId, pv::Value>> values;
    values.reserve(settings.size());
    const auto set_values = [&] {
        for (const auto& [index, status] : database.set(values)) {
            report(values[index].first, status);
        }
        values.clear();
    };
    for (auto& [id, setting] : settings) {
        const db::RecordId record{id};
        if (setting.reading == nullptr) {
            values.emplace_back(record, std::move(setting.value));
            continue;
        }
        set_values(); // what came before
        const Reading& reading = *setting.reading;
        const pv::Status status = database.set(record, setting.value, reading.alarm, reading.message, reading.time);
        if (!status.ok()) {
            report(record, status);
        }
    }
    set_values();
}

Pushed RecordHandle::push(const pv::Value& value, const Reading* reading) const
{
    using Queue = decltype(ioc_->state_->pushes);
    Ioc::State::Setting setting{value, reading == nullptr ? nullptr : std::make_unique<Reading>(*reading)};
    return ioc_->state_->pushes.push(id_, std::move(setting)) == Queue::Push::accepted ? Pushed::accepted
                                                                                       : Pushed::coalesced;
}

void RecordHandle::push_waiting(const pv::Value& value) const
{
    ioc_->state_->pushes.push_waiting(id_, {value, nullptr});
}

pv::Value RecordHandle::value() const
{
    pv::Value value;
    ioc_->with_database(
        [&](db::Database& database) { value = database.get(db::RecordId{id_}, "VAL").value_or(pv::Value{}); });
    return value;
}

template <class T>
Pushed Record<T>::set(const T& value) const
{
    return push(to_value(value));
}

template <class T>
Pushed Record<T>::set(const T& value, const Reading& reading) const
{
    return push(to_value(value), &reading);
}

template <class T>
void Record<T>::set_waiting(const T& value) const
{
    push_waiting(to_value(value));
}

template <class T>
T Record<T>::get() const
{
    return from_value<T>(value());
}

template class Record<double>;
template class Record<std::int32_t>;
template class Record<bool>;
template class Record<std::string>;
template class Record<std::vector<double>>;

namespace {

template <class T, class Fields>
Record<T> make(Ioc& ioc, Ioc::State& state, std::string_view type, std::string_view name, const Fields& fields)
{
    const db::RecordId record = state.create(type, name, ioc::field_texts(fields));
    if constexpr (requires { fields.on_update; }) {
        if (fields.on_update) {
            state.on_update(record, [update = fields.on_update](const pv::Value& v) { update(from_value<T>(v)); });
        }
    }
    return {ioc, std::string(state.database.name(record)), static_cast<std::uint32_t>(record)};
}

} // namespace

AiRecord Ioc::ai(std::string_view name, const AiFields& fields)
{
    return make<double>(*this, *state_, "ai", name, fields);
}

AoRecord Ioc::ao(std::string_view name, const AoFields& fields)
{
    return make<double>(*this, *state_, "ao", name, fields);
}

LonginRecord Ioc::longin(std::string_view name, const LonginFields& fields)
{
    return make<std::int32_t>(*this, *state_, "longin", name, fields);
}

LongoutRecord Ioc::longout(std::string_view name, const LongoutFields& fields)
{
    return make<std::int32_t>(*this, *state_, "longout", name, fields);
}

BiRecord Ioc::bi(std::string_view name, const BiFields& fields)
{
    return make<bool>(*this, *state_, "bi", name, fields);
}

BoRecord Ioc::bo(std::string_view name, const BoFields& fields)
{
    return make<bool>(*this, *state_, "bo", name, fields);
}

StringinRecord Ioc::stringin(std::string_view name, const StringinFields& fields)
{
    return make<std::string>(*this, *state_, "stringin", name, fields);
}

WaveformRecord Ioc::waveform(std::string_view name, const WaveformFields& fields)
{
    return make<std::vector<double>>(*this, *state_, "waveform", name, fields);
}

CalcRecord Ioc::calc(std::string_view name, const CalcFields& fields)
{
    return make<double>(*this, *state_, "calc", name, fields);
}

} // namespace iochron
