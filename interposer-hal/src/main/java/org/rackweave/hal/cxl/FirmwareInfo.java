package org.rackweave.hal.cxl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.hal.mctp.Octets;

/**
 * Get FW Info, 0200h: what firmware a component has and which of it runs. Request: nothing. Response:
 *
 * <pre>
 * 0     how many slots, 1 to 4   1  bits 0-2 the slot that runs, from 1; 3-5 the one that runs after the next reset, 0: the same
 * 2     bit 0: can be activated without a reset   3-15  zero
 * 16-31 revision in slot 1, ASCII, filled up with zeros   32-47, 48-63, 64-79  in slots 2 to 4
 * </pre>
 */
public final class FirmwareInfo {
    /** The most slots. */
    public static final int MOST_SLOTS = 4;

    /** The most characters of a revision. */
    public static final int REVISION_CHARS = 16;

    private static final int SLOT_MASK = 0b111;
    private static final int STAGED_SHIFT = 3;
    private static final int RESERVED_BYTES = 13;

    private FirmwareInfo() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_FIRMWARE_INFO;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int slots = in.u8("slots");
            int running = in.u8("slot that runs");
            int activation = in.u8("activation");
            in.skip(RESERVED_BYTES);
            List<String> revisions = new ArrayList<>();
            for (int slot = 1; slot <= MOST_SLOTS; slot++) {
                revisions.add(revision(in.bytes(REVISION_CHARS, "revision").toArray()));
            }
            return new Response(
                    slots, running & SLOT_MASK, (running >> STAGED_SHIFT) & SLOT_MASK, activation, revisions);
        }

        private static String revision(byte[] bytes) {
            int length = 0;
            while (length < bytes.length && bytes[length] != 0) {
                length++;
            }
            return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * @param slots 0 to 255 as the component says; 1 to 4 mean something
     * @param running the slot that runs, from 1; 0 to 7 as the component says
     * @param staged the slot that runs after the next reset, 0 to 7; 0: the same
     * @param activation 0 to 255
     * @param revisions of the four slots, each at most 16 characters of one byte; empty where nothing is
     */
    public record Response(int slots, int running, int staged, int activation, List<String> revisions)
            implements FmResponse {
        public Response {
            Field.byteValue("slots", slots);
            Field.inRange("slot that runs", running, SLOT_MASK);
            Field.inRange("staged slot", staged, SLOT_MASK);
            Field.byteValue("activation", activation);
            revisions = List.copyOf(revisions);
            if (revisions.size() != MOST_SLOTS
                    || revisions.stream().anyMatch(revision -> revision.length() > REVISION_CHARS)) {
                throw new IllegalArgumentException("there are four revisions of at most 16 characters");
            }
        }

        /** One slot, and this in it. */
        public static Response of(String revision) {
            return new Response(1, 1, 0, 0, List.of(revision, "", "", ""));
        }

        /** The slot that runs and its revision, in words; empty when the component names no slot that there is. */
        public Optional<String> text() {
            boolean isThere = running >= 1 && running <= Math.min(slots, MOST_SLOTS);
            return isThere
                    ? Optional.of("slot " + running + ", revision " + printable(revisions.get(running - 1)))
                    : Optional.empty();
        }

        /** A device may put anything there, and people read it. */
        private static String printable(String revision) {
            return revision.replaceAll("[^ -~]", "?");
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(slots).u8(running | staged << STAGED_SHIFT).u8(activation).zeros(RESERVED_BYTES);
            for (String revision : revisions) {
                byte[] bytes = revision.getBytes(StandardCharsets.ISO_8859_1);
                out.bytes(Octets.copyOf(bytes)).zeros(REVISION_CHARS - bytes.length);
            }
        }
    }
}
