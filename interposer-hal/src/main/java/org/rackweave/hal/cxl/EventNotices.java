package org.rackweave.hal.cxl;

/**
 * Get and Set MCTP Event Interrupt Policy, 0104h and 0105h: of what a component tells its manager without being asked. Request of
 * Get: nothing. Request of Set and both responses:
 *
 * <pre>
 * 0-1  bit n: log n got its first record, see {@link EventLog}; bit 15: a background operation has ended
 * </pre>
 */
public final class EventNotices {
    private EventNotices() {}

    public record Get() implements FmRequest<Wanted> {
        static Get read(PayloadReader in, Dialect dialect) {
            return new Get();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_EVENT_NOTICES;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Wanted readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Wanted(in.u16("settings"));
        }
    }

    /** @param settings 0 to 65535 */
    public record Set(int settings) implements FmRequest<Wanted> {
        public Set {
            Field.wordValue("settings", settings);
        }

        static Set read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Set(in.u16("settings"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SET_EVENT_NOTICES;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(settings);
        }

        @Override
        public Wanted readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Wanted(in.u16("settings"));
        }
    }

    /** @param settings 0 to 65535 */
    public record Wanted(int settings) implements FmResponse {
        public Wanted {
            Field.wordValue("settings", settings);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(settings);
        }
    }
}
