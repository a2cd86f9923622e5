package org.rackweave.hal.switchtec.wire;

/**
 * Where in a host's tree a physical port shows up.
 *
 * @param partition 0 to {@value #MAX_PARTITION}
 * @param logicalPort 0 to {@value #MAX_LOGICAL_PORT}; 0 is the upstream port
 */
public record LogicalPlace(int partition, int logicalPort) {
    /** The kernel's event summary has 48 partitions. */
    public static final int MAX_PARTITION = 47;

    /** 255 stands for none. */
    public static final int MAX_LOGICAL_PORT = 254;

    public LogicalPlace {
        Limits.check(partition, 0, MAX_PARTITION, "partition");
        Limits.check(logicalPort, 0, MAX_LOGICAL_PORT, "logical port");
    }
}
