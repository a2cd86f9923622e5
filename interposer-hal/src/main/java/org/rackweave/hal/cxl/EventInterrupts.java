package org.rackweave.hal.cxl;

import java.util.List;
import java.util.Optional;

/**
 * Get and Set Event Interrupt Policy, 0102h and 0103h: how a component calls the host when a log gets its first record. Request of
 * Get: nothing. Response of Get and request of Set:
 *
 * <pre>
 * 0    log of information   1 of warnings   2 of failures   3 fatal
 * 4    of dynamic capacity; components before CXL 3.0 have none
 * of each: bits 1:0 0 none, 1 MSI, 2 firmware interrupt; 7:4 its message number
 * </pre>
 *
 * Response of Set: nothing.
 */
public final class EventInterrupts {
    private static final int LOGS = 4;

    private EventInterrupts() {}

    /** @param settings of the four logs that every component has, 0 to 255 each */
    public record Policy(List<Integer> settings, Optional<Integer> dynamicCapacity) implements FmResponse {
        public Policy {
            if (settings.size() != LOGS) {
                throw new IllegalArgumentException(settings.size() + " settings of logs, not " + LOGS);
            }
            settings.forEach(each -> Field.byteValue("setting of a log", each));
            dynamicCapacity.ifPresent(each -> Field.byteValue("setting of a log", each));
            settings = List.copyOf(settings);
        }

        static Policy read(PayloadReader in) throws MalformedException {
            List<Integer> four = List.of(in.u8("information"), in.u8("warnings"), in.u8("failures"), in.u8("fatal"));
            return new Policy(four, in.left() == 0 ? Optional.empty() : Optional.of(in.u8("dynamic capacity")));
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            settings.forEach(out::u8);
            dynamicCapacity.ifPresent(out::u8);
        }
    }

    public record Get() implements FmRequest<Policy> {
        static Get read(PayloadReader in, Dialect dialect) {
            return new Get();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_EVENT_INTERRUPTS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Policy readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Policy.read(in);
        }
    }

    public record Set(Policy policy) implements FmRequest<NoPayload> {
        static Set read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Set(Policy.read(in));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SET_EVENT_INTERRUPTS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            policy.write(out, dialect);
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
