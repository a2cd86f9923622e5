package org.rackweave.hal.nativelinux;

/**
 * Sizes, offsets and constants of the C headers that calls here rely on: those of 64-bit Linux with glibc or musl. A test
 * compiles a C program that prints the headers' own values and compares.
 */
final class NativeLayout {
    /** {@code _SC_PAGESIZE} of unistd.h. */
    static final int SC_PAGESIZE = 30;
    /** {@code CLOCK_BOOTTIME} of time.h. */
    static final int CLOCK_BOOTTIME = 7;

    /** {@code struct timespec}: two longs. */
    static final int TIMESPEC_BYTES = 16;

    static final int TIMESPEC_SECONDS_AT = 0;
    static final int TIMESPEC_NANOSECONDS_AT = 8;

    /** {@code struct utsname}: six texts of 65 bytes. */
    static final int UTSNAME_BYTES = 390;

    static final int UTSNAME_SYSNAME_AT = 0;
    static final int UTSNAME_RELEASE_AT = 130;
    static final int UTSNAME_MACHINE_AT = 260;

    /** {@code cpu_set_t}: one bit a CPU, in longs. */
    static final int CPU_SET_BYTES = 128;

    /** {@code SIGCONT} and {@code SIGSTOP} of signal.h, as x86 and ARM have them. */
    static final int SIGCONT = 18;

    static final int SIGSTOP = 19;

    /** {@code O_RDWR} and {@code O_CLOEXEC} of fcntl.h, as x86 and ARM have them. */
    static final int O_RDWR = 2;

    static final int O_CLOEXEC = 0x80000;

    /** {@code struct pollfd}: an int and two shorts. */
    static final int POLLFD_BYTES = 8;

    static final int POLLFD_FD_AT = 0;
    static final int POLLFD_EVENTS_AT = 4;
    static final int POLLFD_REVENTS_AT = 6;

    /** {@code POLLIN} of poll.h. */
    static final short POLLIN = 1;

    /** {@code PROT_READ}, {@code PROT_WRITE} and {@code MAP_SHARED} of sys/mman.h. */
    static final int PROT_READ = 1;

    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;

    /** {@code AF_MCTP} of linux/socket.h, and {@code SOCK_DGRAM | SOCK_CLOEXEC} of sys/socket.h, as x86 and ARM have them. */
    static final int AF_MCTP = 45;

    static final int SOCK_DGRAM = 2;
    static final int SOCK_CLOEXEC = 0x80000;

    /** {@code struct sockaddr_mctp} of linux/mctp.h. */
    static final int SOCKADDR_MCTP_BYTES = 12;

    static final int SOCKADDR_MCTP_FAMILY_AT = 0;
    static final int SOCKADDR_MCTP_NETWORK_AT = 4;
    static final int SOCKADDR_MCTP_ADDRESS_AT = 8;
    static final int SOCKADDR_MCTP_TYPE_AT = 9;
    static final int SOCKADDR_MCTP_TAG_AT = 10;

    /** {@code MCTP_TAG_MASK} and {@code MCTP_TAG_OWNER} of linux/mctp.h. */
    static final int MCTP_TAG_MASK = 0x07;

    static final int MCTP_TAG_OWNER = 0x08;

    /** {@code CXL_MEM_SEND_COMMAND} and {@code CXL_MEM_COMMAND_ID_RAW} of linux/cxl_mem.h. */
    static final long CXL_MEM_SEND_COMMAND = 0xC030CE02L;

    static final int CXL_MEM_COMMAND_ID_RAW = 2;

    /** {@code struct cxl_send_command} of linux/cxl_mem.h. */
    static final int CXL_SEND_COMMAND_BYTES = 48;

    static final int CXL_SEND_ID_AT = 0;
    static final int CXL_SEND_OPCODE_AT = 8;
    static final int CXL_SEND_RETVAL_AT = 12;
    static final int CXL_SEND_IN_SIZE_AT = 16;
    static final int CXL_SEND_IN_PAYLOAD_AT = 24;
    static final int CXL_SEND_OUT_SIZE_AT = 32;
    static final int CXL_SEND_OUT_PAYLOAD_AT = 40;

    /** {@code O_EXCL} of fcntl.h: of a block device, nobody else may claim it. */
    static final int O_EXCL = 0x80;

    /** {@code NVME_IOCTL_ADMIN_CMD} and {@code struct nvme_passthru_cmd} of linux/nvme_ioctl.h. */
    static final long NVME_IOCTL_ADMIN_CMD = 0xC0484E41L;

    static final int NVME_PASSTHRU_CMD_BYTES = 72;
    static final int NVME_CMD_OPCODE_AT = 0;
    static final int NVME_CMD_NSID_AT = 4;
    static final int NVME_CMD_ADDR_AT = 24;
    static final int NVME_CMD_DATA_LEN_AT = 36;
    static final int NVME_CMD_CDW10_AT = 40;
    static final int NVME_CMD_CDW11_AT = 44;
    static final int NVME_CMD_TIMEOUT_AT = 64;

    /** {@code AF_NETLINK} of sys/socket.h, and {@code NETLINK_KOBJECT_UEVENT} of linux/netlink.h. */
    static final int AF_NETLINK = 16;

    static final int NETLINK_KOBJECT_UEVENT = 15;

    /** {@code struct sockaddr_nl} of linux/netlink.h. */
    static final int SOCKADDR_NL_BYTES = 12;

    static final int SOCKADDR_NL_FAMILY_AT = 0;
    static final int SOCKADDR_NL_PORT_AT = 4;
    static final int SOCKADDR_NL_GROUPS_AT = 8;

    /** Options and flags of sys/socket.h, as x86 and ARM have them. */
    static final int SOL_SOCKET = 1;

    static final int SO_RCVBUF = 8;
    static final int SO_RCVBUFFORCE = 33;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;

    /** {@code SOCK_RAW} of sys/socket.h, {@code NETLINK_ROUTE} of linux/netlink.h. */
    static final int SOCK_RAW = 3;

    static final int NETLINK_ROUTE = 0;

    /** {@code struct nlmsghdr} of linux/netlink.h and {@code struct ifinfomsg} of linux/rtnetlink.h. */
    static final int NLMSGHDR_BYTES = 16;

    static final int NLMSGHDR_TYPE_AT = 4;
    static final int NLMSGHDR_SEQ_AT = 8;
    static final int IFINFOMSG_BYTES = 16;
    static final int NLMSG_ERROR = 2;
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int RTM_NEWLINK = 16;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int RTEXT_FILTER_VF = 1;

    /** Attributes of linux/if_link.h, and {@code struct ifla_vf_rate}. */
    static final int IFLA_IFNAME = 3;

    static final int IFLA_VFINFO_LIST = 22;
    static final int IFLA_EXT_MASK = 29;
    static final int IFLA_VF_INFO = 1;
    static final int IFLA_VF_RATE = 6;
    static final int IFLA_VF_RATE_BYTES = 12;
    static final int IFLA_VF_RATE_MOST_AT = 8;

    private NativeLayout() {}
}
