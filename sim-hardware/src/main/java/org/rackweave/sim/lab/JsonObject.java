package org.rackweave.sim.lab;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An object that another program printed. What it does not have is a failure that names it.
 *
 * @param fields as they were read
 */
public record JsonObject(Map<?, ?> fields) {
    public JsonObject {
        Objects.requireNonNull(fields);
    }

    public String text(String name) throws LabFailure {
        return String.valueOf(value(name));
    }

    public long number(String name) throws LabFailure {
        if (value(name) instanceof Long number) {
            return number;
        }
        throw new LabFailure("'" + name + "' is no whole number: " + text(name));
    }

    public JsonObject object(String name) throws LabFailure {
        if (value(name) instanceof Map<?, ?> object) {
            return new JsonObject(object);
        }
        throw new LabFailure("'" + name + "' is no object: " + text(name));
    }

    /** How many elements an array has. */
    public int size(String name) throws LabFailure {
        if (value(name) instanceof List<?> array) {
            return array.size();
        }
        throw new LabFailure("'" + name + "' is no array: " + text(name));
    }

    private Object value(String name) throws LabFailure {
        Object value = fields.get(name);
        if (value == null) {
            throw new LabFailure("'" + name + "' is not among " + fields.keySet());
        }
        return value;
    }
}
