package org.rackweave.hal.switchtec;

/** What became of one command on a link, before anybody read what the answer says. */
public sealed interface Exchange {
    /** The switch answered. */
    final class Answered implements Exchange {
        private final int returnCode;
        private final byte[] data;

        /**
         * An answer as it came.
         *
         * @param returnCode 0 when the switch did as told
         * @param data what follows; not copied, so nobody else may keep it
         */
        public Answered(int returnCode, byte[] data) {
            this.returnCode = returnCode;
            this.data = data;
        }

        public int returnCode() {
            return returnCode;
        }

        public byte[] data() {
            return data.clone();
        }

        @Override
        public String toString() {
            return "return code 0x" + Integer.toHexString(returnCode) + " and " + data.length + " bytes";
        }
    }

    /**
     * Nothing was sent, so nothing has changed.
     *
     * @param why and what to do
     */
    record NotSent(String why) implements Exchange {}

    /**
     * It was sent, at least in part, and there is no answer that can be believed. It may still take effect.
     *
     * @param seen instead of an answer
     */
    record Lost(String seen) implements Exchange {}
}
