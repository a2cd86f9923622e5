package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.switchtec.SwitchtecIoctl;

/** Sizes, offsets and constants are those of the C headers of the machine that runs the tests. */
@Tag("tools")
class NativeLayoutTest {
    private static final Map<SwitchtecIoctl, String> SWITCHTEC_STRUCTURES = Map.of(
            SwitchtecIoctl.FLASH_INFO, "flash_info",
            SwitchtecIoctl.FLASH_PART_INFO, "flash_part_info",
            SwitchtecIoctl.EVENT_SUMMARY, "event_summary",
            SwitchtecIoctl.EVENT_CTL, "event_ctl",
            SwitchtecIoctl.PFF_TO_PORT, "pff_port",
            SwitchtecIoctl.PORT_TO_PFF, "pff_port");

    @TempDir
    Path folder;

    @Test
    void layoutsAndConstantsAreThoseOfTheHeaders() throws Exception {
        Map<String, Long> ours = new LinkedHashMap<>();
        ours.put("_SC_PAGESIZE", (long) NativeLayout.SC_PAGESIZE);
        ours.put("CLOCK_BOOTTIME", (long) NativeLayout.CLOCK_BOOTTIME);
        ours.put("sizeof(struct timespec)", (long) NativeLayout.TIMESPEC_BYTES);
        ours.put("offsetof(struct timespec, tv_sec)", (long) NativeLayout.TIMESPEC_SECONDS_AT);
        ours.put("offsetof(struct timespec, tv_nsec)", (long) NativeLayout.TIMESPEC_NANOSECONDS_AT);
        ours.put("sizeof(struct utsname)", (long) NativeLayout.UTSNAME_BYTES);
        ours.put("offsetof(struct utsname, sysname)", (long) NativeLayout.UTSNAME_SYSNAME_AT);
        ours.put("offsetof(struct utsname, release)", (long) NativeLayout.UTSNAME_RELEASE_AT);
        ours.put("offsetof(struct utsname, machine)", (long) NativeLayout.UTSNAME_MACHINE_AT);
        ours.put("sizeof(cpu_set_t)", (long) NativeLayout.CPU_SET_BYTES);
        ours.put("SIGCONT", (long) NativeLayout.SIGCONT);
        ours.put("SIGSTOP", (long) NativeLayout.SIGSTOP);
        ours.put("O_RDWR", (long) NativeLayout.O_RDWR);
        ours.put("O_CLOEXEC", (long) NativeLayout.O_CLOEXEC);
        ours.put("sizeof(struct pollfd)", (long) NativeLayout.POLLFD_BYTES);
        ours.put("offsetof(struct pollfd, fd)", (long) NativeLayout.POLLFD_FD_AT);
        ours.put("offsetof(struct pollfd, events)", (long) NativeLayout.POLLFD_EVENTS_AT);
        ours.put("offsetof(struct pollfd, revents)", (long) NativeLayout.POLLFD_REVENTS_AT);
        ours.put("POLLIN", (long) NativeLayout.POLLIN);
        ours.put("PROT_READ", (long) NativeLayout.PROT_READ);
        ours.put("PROT_WRITE", (long) NativeLayout.PROT_WRITE);
        ours.put("MAP_SHARED", (long) NativeLayout.MAP_SHARED);
        SWITCHTEC_STRUCTURES.forEach((request, structure) -> {
            ours.put("SWITCHTEC_IOCTL_" + request, Integer.toUnsignedLong(request.number()));
            ours.put("sizeof(struct switchtec_ioctl_" + structure + ")", (long) request.bytes());
        });
        ours.put("offsetof(struct switchtec_ioctl_pff_port, pff)", 0L);
        ours.put("offsetof(struct switchtec_ioctl_pff_port, partition)", 4L);
        ours.put("offsetof(struct switchtec_ioctl_pff_port, port)", 8L);
        ours.put("offsetof(struct switchtec_ioctl_event_summary, part_bitmap)", 8L);
        ours.put("offsetof(struct switchtec_ioctl_event_summary, local_part)", 16L);
        ours.put("SWITCHTEC_IOCTL_PFF_VEP", (long) SwitchtecIoctl.PFF_VEP);
        ours.put("AF_MCTP", (long) NativeLayout.AF_MCTP);
        ours.put("SOCK_DGRAM", (long) NativeLayout.SOCK_DGRAM);
        ours.put("SOCK_CLOEXEC", (long) NativeLayout.SOCK_CLOEXEC);
        ours.put("sizeof(struct sockaddr_mctp)", (long) NativeLayout.SOCKADDR_MCTP_BYTES);
        ours.put("offsetof(struct sockaddr_mctp, smctp_family)", (long) NativeLayout.SOCKADDR_MCTP_FAMILY_AT);
        ours.put("offsetof(struct sockaddr_mctp, smctp_network)", (long) NativeLayout.SOCKADDR_MCTP_NETWORK_AT);
        ours.put("offsetof(struct sockaddr_mctp, smctp_addr)", (long) NativeLayout.SOCKADDR_MCTP_ADDRESS_AT);
        ours.put("offsetof(struct sockaddr_mctp, smctp_type)", (long) NativeLayout.SOCKADDR_MCTP_TYPE_AT);
        ours.put("offsetof(struct sockaddr_mctp, smctp_tag)", (long) NativeLayout.SOCKADDR_MCTP_TAG_AT);
        ours.put("MCTP_TAG_MASK", (long) NativeLayout.MCTP_TAG_MASK);
        ours.put("MCTP_TAG_OWNER", (long) NativeLayout.MCTP_TAG_OWNER);
        ours.put("CXL_MEM_SEND_COMMAND", NativeLayout.CXL_MEM_SEND_COMMAND);
        ours.put("CXL_MEM_COMMAND_ID_RAW", (long) NativeLayout.CXL_MEM_COMMAND_ID_RAW);
        ours.put("sizeof(struct cxl_send_command)", (long) NativeLayout.CXL_SEND_COMMAND_BYTES);
        ours.put("offsetof(struct cxl_send_command, id)", (long) NativeLayout.CXL_SEND_ID_AT);
        ours.put("offsetof(struct cxl_send_command, raw.opcode)", (long) NativeLayout.CXL_SEND_OPCODE_AT);
        ours.put("offsetof(struct cxl_send_command, retval)", (long) NativeLayout.CXL_SEND_RETVAL_AT);
        ours.put("offsetof(struct cxl_send_command, in.size)", (long) NativeLayout.CXL_SEND_IN_SIZE_AT);
        ours.put("offsetof(struct cxl_send_command, in.payload)", (long) NativeLayout.CXL_SEND_IN_PAYLOAD_AT);
        ours.put("offsetof(struct cxl_send_command, out.size)", (long) NativeLayout.CXL_SEND_OUT_SIZE_AT);
        ours.put("offsetof(struct cxl_send_command, out.payload)", (long) NativeLayout.CXL_SEND_OUT_PAYLOAD_AT);
        ours.put("O_EXCL", (long) NativeLayout.O_EXCL);
        ours.put("NVME_IOCTL_ADMIN_CMD", NativeLayout.NVME_IOCTL_ADMIN_CMD);
        ours.put("sizeof(struct nvme_passthru_cmd)", (long) NativeLayout.NVME_PASSTHRU_CMD_BYTES);
        ours.put("offsetof(struct nvme_passthru_cmd, opcode)", (long) NativeLayout.NVME_CMD_OPCODE_AT);
        ours.put("offsetof(struct nvme_passthru_cmd, nsid)", (long) NativeLayout.NVME_CMD_NSID_AT);
        ours.put("offsetof(struct nvme_passthru_cmd, addr)", (long) NativeLayout.NVME_CMD_ADDR_AT);
        ours.put("offsetof(struct nvme_passthru_cmd, data_len)", (long) NativeLayout.NVME_CMD_DATA_LEN_AT);
        ours.put("offsetof(struct nvme_passthru_cmd, cdw10)", (long) NativeLayout.NVME_CMD_CDW10_AT);
        ours.put("offsetof(struct nvme_passthru_cmd, cdw11)", (long) NativeLayout.NVME_CMD_CDW11_AT);
        ours.put("offsetof(struct nvme_passthru_cmd, timeout_ms)", (long) NativeLayout.NVME_CMD_TIMEOUT_AT);
        ours.put("AF_NETLINK", (long) NativeLayout.AF_NETLINK);
        ours.put("NETLINK_KOBJECT_UEVENT", (long) NativeLayout.NETLINK_KOBJECT_UEVENT);
        ours.put("sizeof(struct sockaddr_nl)", (long) NativeLayout.SOCKADDR_NL_BYTES);
        ours.put("offsetof(struct sockaddr_nl, nl_family)", (long) NativeLayout.SOCKADDR_NL_FAMILY_AT);
        ours.put("offsetof(struct sockaddr_nl, nl_pid)", (long) NativeLayout.SOCKADDR_NL_PORT_AT);
        ours.put("offsetof(struct sockaddr_nl, nl_groups)", (long) NativeLayout.SOCKADDR_NL_GROUPS_AT);
        ours.put("SOL_SOCKET", (long) NativeLayout.SOL_SOCKET);
        ours.put("SO_RCVBUF", (long) NativeLayout.SO_RCVBUF);
        ours.put("SO_RCVBUFFORCE", (long) NativeLayout.SO_RCVBUFFORCE);
        ours.put("MSG_TRUNC", (long) NativeLayout.MSG_TRUNC);
        ours.put("MSG_DONTWAIT", (long) NativeLayout.MSG_DONTWAIT);
        ours.put("SOCK_RAW", (long) NativeLayout.SOCK_RAW);
        ours.put("NETLINK_ROUTE", (long) NativeLayout.NETLINK_ROUTE);
        ours.put("sizeof(struct nlmsghdr)", (long) NativeLayout.NLMSGHDR_BYTES);
        ours.put("offsetof(struct nlmsghdr, nlmsg_type)", (long) NativeLayout.NLMSGHDR_TYPE_AT);
        ours.put("offsetof(struct nlmsghdr, nlmsg_flags)", 6L);
        ours.put("offsetof(struct nlmsghdr, nlmsg_seq)", (long) NativeLayout.NLMSGHDR_SEQ_AT);
        ours.put("offsetof(struct nlmsgerr, error)", 0L);
        ours.put("sizeof(struct ifinfomsg)", (long) NativeLayout.IFINFOMSG_BYTES);
        ours.put("NLMSG_ERROR", (long) NativeLayout.NLMSG_ERROR);
        ours.put("NLM_F_REQUEST", (long) NativeLayout.NLM_F_REQUEST);
        ours.put("NLM_F_ACK", (long) NativeLayout.NLM_F_ACK);
        ours.put("RTM_NEWLINK", (long) NativeLayout.RTM_NEWLINK);
        ours.put("RTM_GETLINK", (long) NativeLayout.RTM_GETLINK);
        ours.put("RTM_SETLINK", (long) NativeLayout.RTM_SETLINK);
        ours.put("RTEXT_FILTER_VF", (long) NativeLayout.RTEXT_FILTER_VF);
        ours.put("IFLA_IFNAME", (long) NativeLayout.IFLA_IFNAME);
        ours.put("IFLA_VFINFO_LIST", (long) NativeLayout.IFLA_VFINFO_LIST);
        ours.put("IFLA_EXT_MASK", (long) NativeLayout.IFLA_EXT_MASK);
        ours.put("IFLA_VF_INFO", (long) NativeLayout.IFLA_VF_INFO);
        ours.put("IFLA_VF_RATE", (long) NativeLayout.IFLA_VF_RATE);
        ours.put("sizeof(struct ifla_vf_rate)", (long) NativeLayout.IFLA_VF_RATE_BYTES);
        ours.put("offsetof(struct ifla_vf_rate, vf)", 0L);
        ours.put("offsetof(struct ifla_vf_rate, min_tx_rate)", 4L);
        ours.put("offsetof(struct ifla_vf_rate, max_tx_rate)", (long) NativeLayout.IFLA_VF_RATE_MOST_AT);
        Errno.NAMES.forEach((number, name) -> ours.put(name, (long) number));

        assertThat(printed(ours.keySet())).isEqualTo(ours);
    }

    private Map<String, Long> printed(Iterable<String> expressions) throws Exception {
        StringBuilder program = new StringBuilder("""
                #define _GNU_SOURCE
                #include <errno.h>
                #include <fcntl.h>
                #include <sys/socket.h>
                #include <linux/cxl_mem.h>
                #include <linux/if_link.h>
                #include <linux/mctp.h>
                #include <linux/netlink.h>
                #include <linux/nvme_ioctl.h>
                #include <linux/rtnetlink.h>
                #include <linux/switchtec_ioctl.h>
                #include <poll.h>
                #include <sched.h>
                #include <signal.h>
                #include <stddef.h>
                #include <stdio.h>
                #include <sys/ioctl.h>
                #include <sys/mman.h>
                #include <sys/utsname.h>
                #include <time.h>
                #include <unistd.h>
                int main(void) {
                """);
        expressions.forEach(each -> program.append("printf(\"%s=%lld\\n\", \"")
                .append(each)
                .append("\", (long long)(")
                .append(each)
                .append("));\n"));
        Path source = Files.writeString(folder.resolve("layout.c"), program + "return 0;\n}\n");
        Path binary = folder.resolve("layout");
        run("cc", "-o", binary.toString(), source.toString());
        Map<String, Long> values = new LinkedHashMap<>();
        run(binary.toString()).lines().forEach(line -> {
            int equals = line.lastIndexOf('=');
            values.put(line.substring(0, equals), Long.valueOf(line.substring(equals + 1)));
        });
        return values;
    }

    private static String run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("%s printed: %s", String.join(" ", command), output)
                    .isZero();
            return output;
        } catch (IOException absent) {
            throw new AssertionError(
                    command[0] + " cannot be run. This test compares our native layouts with the C headers: install a C"
                            + " compiler and the C library's headers (Debian: gcc, libc6-dev and linux-libc-dev)",
                    absent);
        }
    }
}
