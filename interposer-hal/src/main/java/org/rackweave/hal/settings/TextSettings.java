package org.rackweave.hal.settings;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Provenance;

/** Settings that are read one by one, each checked as it is read; what is left at the {@link #end} is refused. */
public final class TextSettings {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern DURATION = Pattern.compile("(?<number>[0-9]{1,6})(?<unit>ms|s)");

    private final String provider;
    private final Map<String, String> settings;
    private final TreeSet<String> known = new TreeSet<>();

    /** @param provider by whose name refusals begin */
    public TextSettings(String provider, Map<String, String> settings) {
        this.provider = provider;
        this.settings = new TreeMap<>(settings);
    }

    /** Without the spaces around it; empty where it is not set, or blank. */
    public Optional<String> text(String name) {
        known.add(name);
        return Optional.ofNullable(settings.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** @param least and {@code most}: both may be; {@code otherwise} is what it is where it is not set */
    public int number(String name, int otherwise, int least, int most) throws HalException {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        boolean isNumber = NUMBER.matcher(text.get()).matches();
        if (!isNumber || Integer.parseInt(text.get()) < least || Integer.parseInt(text.get()) > most) {
            throw wrong(name, text.get(), "write a number from " + least + " to " + most);
        }
        return Integer.parseInt(text.get());
    }

    /** A time such as {@code 500ms} or {@code 20s}; {@code least} and {@code most} both may be. */
    public Duration duration(String name, Duration otherwise, Duration least, Duration most) throws HalException {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        Matcher matcher = DURATION.matcher(text.get());
        Duration duration = matcher.matches() ? duration(matcher) : Duration.ZERO;
        if (!matcher.matches() || duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw wrong(
                    name,
                    text.get(),
                    "write a time such as 500ms or 20s, from " + least.toMillis() + "ms to " + most.toMillis() + "ms");
        }
        return duration;
    }

    private static Duration duration(Matcher matcher) {
        long number = Long.parseLong(Objects.requireNonNull(matcher.group("number")));
        return "s".equals(matcher.group("unit")) ? Duration.ofSeconds(number) : Duration.ofMillis(number);
    }

    /** {@code real}, also where it is not set, or {@code simulated}: what stands behind a protocol that does not say so itself. */
    public Provenance provenance(String name) throws HalException {
        String text = text(name).orElse("real");
        return switch (text) {
            case "real" -> Provenance.REAL;
            case "simulated" -> Provenance.SIMULATED;
            default -> throw wrong(name, text, "write real or simulated");
        };
    }

    /** @throws HalException when something is set that was never read: it was misspelt, or is another provider's */
    public void end() throws HalException {
        for (String name : settings.keySet()) {
            if (!known.contains(name)) {
                throw refused("unknown setting " + name, "the settings are " + String.join(", ", known));
            }
        }
    }

    /** A setting that cannot be. */
    public HalException.Refused wrong(String name, String text, String advice) {
        return refused("setting " + name + " is \"" + text + "\"", advice);
    }

    /** Settings that cannot be. */
    public HalException.Refused refused(String seen, String advice) {
        return new HalException.Refused(provider, "open", seen, advice);
    }
}
