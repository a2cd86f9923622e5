package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Get Security State, 4500h, of the memory device commands: who may still reach or change what a device keeps. Request: nothing. Response:
 *
 * <pre>
 * 0-3 bit 0 a user's passphrase is set   1 a master's   2 locked   3 frozen until the next reset
 *     4 too many wrong passphrases of the user   5 of the master
 * </pre>
 */
public final class SecurityState {
    private static final long MOST_U32 = 0xFFFF_FFFFL;
    private static final int MOST_TEXT_CHARS = 96;
    private static final List<String> WORDS = List.of(
            "user passphrase set",
            "master passphrase set",
            "locked",
            "frozen",
            "user passphrase tried too often",
            "master passphrase tried too often");

    private SecurityState() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_SECURITY_STATE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Response(in.u32("security state"));
        }
    }

    /** @param bits 0 to 2^32 - 1; a bit without a meaning is kept, so that it is seen when it changes */
    public record Response(long bits) implements FmResponse {
        /** Nothing is locked, and nobody has set a passphrase. */
        public static final Response OPEN = new Response(0);

        /** Locked by a passphrase of the user. */
        public static final Response LOCKED = new Response(0b101);

        public Response {
            Field.inRange("security state", bits, MOST_U32);
        }

        /** In words: {@code unlocked}, or all that is so; at most 96 characters. */
        public String text() {
            List<String> words = new ArrayList<>();
            for (int bit = 0; bit < WORDS.size(); bit++) {
                if ((bits >> bit & 1) != 0) {
                    words.add(WORDS.get(bit));
                }
            }
            String text = String.join(", ", words);
            boolean isKnown = bits >> WORDS.size() == 0 && text.length() <= MOST_TEXT_CHARS;
            return bits == 0 ? "unlocked" : isKnown ? text : String.format(Locale.ROOT, "state 0x%08x", bits);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u32(bits);
        }
    }
}
