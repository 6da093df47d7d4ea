#include "pv/compound.h"

namespace iochron::pv {

void Value::acquire() const noexcept
{
    if (kind_ == Kind::compound) {
        compound()->owners.fetch_add(1, std::memory_order_relaxed);
    } else {
        BufferRef::acquire(buffer());
    }
}

void Value::release() noexcept
{
    if (kind_ != Kind::compound) {
        BufferRef::release(buffer());
    } else if (compound()->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete compound();
    }
}

template <class T>
Value Value::shared(T part)
{
    Value value;
    value.bits_ = std::bit_cast<std::uint64_t>(new Compound(std::move(part)));
    value.type_ = ScalarType::structure;
    value.kind_ = Kind::compound;
    return value;
}

template <class T>
const T* Value::part() const noexcept
{
    return is_compound() ? std::get_if<T>(&compound()->content) : nullptr;
}

Value Value::of(Structure structure)
{
    return shared(std::move(structure));
}

Value Value::of(Choice choice)
{
    return shared(std::move(choice));
}

Value Value::of(Any any)
{
    return shared(std::move(any));
}

Value Value::compounds(std::vector<Value> elements)
{
    return shared(std::move(elements));
}

const Structure* Value::structure() const noexcept
{
    return part<Structure>();
}

Structure* Value::own_structure() noexcept
{
    const bool alone = is_compound() && compound()->owners.load(std::memory_order_acquire) == 1;
    return alone ? std::get_if<Structure>(&compound()->content) : nullptr;
}

const Choice* Value::choice() const noexcept
{
    return part<Choice>();
}

const Any* Value::any() const noexcept
{
    return part<Any>();
}

const std::vector<Value>* Value::compounds() const noexcept
{
    return part<std::vector<Value>>();
}

} // namespace iochron::pv
