package org.rackweave.hal.uevent;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the text of an event strictly: whatever is not as the kernel writes it is refused by name. */
public final class UeventText {
    /** The longest message, in bytes: the kernel has 2 KiB for the properties, and a path is at most 4 KiB. */
    public static final int MOST_BYTES = 8_192;

    /** The most properties: the kernel has room for 64. */
    public static final int MOST_PROPERTIES = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
    private static final Pattern SEQUENCE = Pattern.compile("[0-9]{1,20}");
    private static final String ACTION = "ACTION";
    private static final String DEVPATH = "DEVPATH";
    private static final String SUBSYSTEM = "SUBSYSTEM";
    private static final String SEQNUM = "SEQNUM";

    private UeventText() {}

    /** Why a message is none. */
    public enum Fault {
        /** Nothing, more than {@link #MOST_BYTES}, or no NUL at its end. */
        LENGTH,
        /** Not UTF-8. */
        ENCODING,
        /** Its first line is no action and place. */
        HEADER,
        /** An action without a name here. */
        ACTION,
        /** Something that is no name and value, or too many of them. */
        PROPERTY,
        /** A name twice. */
        TWICE,
        /** One of the four that every event has is not there. */
        MISSING,
        /** The first line says something else than the properties. */
        CONTRADICTION
    }

    /** What became of a message. */
    public sealed interface Reading {
        <R> R fold(Function<Uevent, R> read, BiFunction<Fault, String, R> refused);
    }

    /** It is an event. */
    public record Read(Uevent event) implements Reading {
        @Override
        public <R> R fold(Function<Uevent, R> read, BiFunction<Fault, String, R> refused) {
            return read.apply(event);
        }
    }

    /** It is none. */
    public record Refused(Fault fault, String detail) implements Reading {
        public Refused {
            Objects.requireNonNull(fault);
            Objects.requireNonNull(detail);
        }

        @Override
        public <R> R fold(Function<Uevent, R> read, BiFunction<Fault, String, R> onRefused) {
            return onRefused.apply(fault, detail);
        }
    }

    /** Reads one message. */
    public static Reading read(byte[] message) {
        if (message.length == 0 || message.length > MOST_BYTES || message[message.length - 1] != 0) {
            return new Refused(Fault.LENGTH, message.length + " bytes, or without a NUL at the end");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(message, 0, message.length - 1))
                    .toString();
        } catch (CharacterCodingException notText) {
            return new Refused(Fault.ENCODING, "not UTF-8");
        }
        String[] lines = text.split("\0", -1);
        Map<String, String> properties = new HashMap<>();
        for (int at = 1; at < lines.length; at++) {
            int equals = lines[at].indexOf('=');
            if (at > MOST_PROPERTIES
                    || equals < 0
                    || !NAME.matcher(lines[at].substring(0, equals)).matches()) {
                return new Refused(Fault.PROPERTY, "property " + at);
            }
            if (properties.put(lines[at].substring(0, equals), lines[at].substring(equals + 1)) != null) {
                return new Refused(Fault.TWICE, lines[at].substring(0, equals));
            }
        }
        return event(lines[0], properties);
    }

    private static Reading event(String header, Map<String, String> properties) {
        int at = header.indexOf('@');
        if (at < 1 || !header.startsWith("@/", at)) {
            return new Refused(Fault.HEADER, "no action@/place");
        }
        String action = properties.getOrDefault(ACTION, "");
        String device = properties.getOrDefault(DEVPATH, "");
        String subsystem = properties.getOrDefault(SUBSYSTEM, "");
        String sequence = properties.getOrDefault(SEQNUM, "");
        if (action.isEmpty() || device.isEmpty() || subsystem.isBlank() || !isSequence(sequence)) {
            return new Refused(Fault.MISSING, "one of ACTION, DEVPATH, SUBSYSTEM, SEQNUM");
        }
        if (!header.equals(action + "@" + device)) {
            return new Refused(Fault.CONTRADICTION, "the first line and the properties differ");
        }
        Map<String, String> more = new HashMap<>(properties);
        more.keySet().removeAll(List.of(ACTION, DEVPATH, SUBSYSTEM, SEQNUM));
        return action(action)
                .<Reading>map(
                        known -> new Read(new Uevent(known, device, subsystem, Long.parseUnsignedLong(sequence), more)))
                .orElseGet(() -> new Refused(Fault.ACTION, "an action that is not known"));
    }

    private static boolean isSequence(String text) {
        // Twenty digits can be more than 64 bits hold.
        return SEQUENCE.matcher(text).matches()
                && (text.length() < 20 || text.compareTo(Long.toUnsignedString(-1)) <= 0);
    }

    private static Optional<Uevent.Action> action(String word) {
        for (Uevent.Action action : Uevent.Action.values()) {
            if (action.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
