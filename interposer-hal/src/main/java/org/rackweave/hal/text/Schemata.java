package org.rackweave.hal.text;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a group of programs may use of caches and memory bandwidth, as the kernel's resctrl writes it: a line for each resource, in it a value
 * for each domain, which is a cache or a socket.
 *
 * <pre>
 * L3:0=fffff;1=fffff     bits of a cache, hexadecimal
 * MB:0=100;1= 50         memory bandwidth, decimal: percent, or what the processor counts in
 * </pre>
 *
 * @param values the value of each domain, by resource
 */
public record Schemata(Map<String, Map<Integer, Long>> values) {
    private static final int MOST_RESOURCES = 32;
    private static final int MOST_DOMAINS = 1_024;
    private static final Pattern RESOURCE = Pattern.compile("[A-Z0-9]{1,16}");
    private static final Pattern VALUE = Pattern.compile("([0-9]{1,9})= *([0-9a-fA-F]{1,19})");

    public Schemata {
        Map<String, Map<Integer, Long>> copy = new TreeMap<>();
        values.forEach((resource, domains) -> {
            if (!RESOURCE.matcher(resource).matches() || domains.isEmpty()) {
                throw new IllegalArgumentException("a resource such as L3 with a value or more, and not: " + resource);
            }
            copy.put(resource, Collections.unmodifiableMap(new TreeMap<>(domains)));
        });
        values = Collections.unmodifiableMap(copy);
    }

    /** Whether a resource is counted in decimal numbers, and not in bits of a mask. */
    public static boolean isBandwidth(String resource) {
        return resource.endsWith("MB") || resource.endsWith("MBA");
    }

    /** Empty when it is nothing of this form. */
    public static Optional<Schemata> parse(String text) {
        Map<String, Map<Integer, Long>> values = new TreeMap<>();
        for (String line : text.strip().split("\n", MOST_RESOURCES + 1)) {
            String stripped = line.strip();
            int colon = stripped.indexOf(':');
            if (colon < 0 || values.size() == MOST_RESOURCES) {
                return Optional.empty();
            }
            String resource = stripped.substring(0, colon);
            Optional<Map<Integer, Long>> domains = domains(resource, stripped.substring(colon + 1));
            if (!RESOURCE.matcher(resource).matches()
                    || domains.isEmpty()
                    || values.put(resource, domains.get()) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(new Schemata(values));
    }

    private static Optional<Map<Integer, Long>> domains(String resource, String text) {
        Map<Integer, Long> domains = new TreeMap<>();
        for (String part : text.split(";", MOST_DOMAINS + 1)) {
            Matcher value = VALUE.matcher(part.strip());
            if (!value.matches() || domains.size() == MOST_DOMAINS) {
                return Optional.empty();
            }
            OptionalInt domain = Numerals.ordinal(value.group(1));
            OptionalLong number =
                    isBandwidth(resource) ? Numerals.signed(value.group(2)) : Numerals.hexadecimal(value.group(2));
            if (domain.isEmpty() || number.isEmpty() || domains.put(domain.getAsInt(), number.getAsLong()) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(domains);
    }

    /** As the kernel reads it, a line feed between the lines. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach((resource, domains) -> {
            text.append(text.length() == 0 ? "" : "\n").append(resource).append(':');
            StringBuilder line = new StringBuilder();
            domains.forEach((domain, value) -> line.append(line.length() == 0 ? "" : ";")
                    .append(domain)
                    .append('=')
                    .append(isBandwidth(resource) ? Long.toString(value) : Long.toHexString(value)));
            text.append(line);
        });
        return text.toString();
    }
}
