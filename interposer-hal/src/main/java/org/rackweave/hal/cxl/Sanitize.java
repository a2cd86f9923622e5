package org.rackweave.hal.cxl;

/**
 * Sanitize, 4400h, of the memory device commands: makes all that a memory device holds unreadable. It goes on in the background. Request
 * and response: nothing.
 */
public final class Sanitize {
    private Sanitize() {}

    public record Request() implements FmRequest<NoPayload> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.SANITIZE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
