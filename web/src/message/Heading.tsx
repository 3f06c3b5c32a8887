import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowBackUp, IconArrowBounce, IconCode, IconCopy, IconDots, IconDownload, IconExternalLink, IconLink, IconMail, IconMailOpened, IconPin, IconPinFilled, IconSend, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { apiUrl, messagePath } from "../api/client";
import type { Address, Message, Summary } from "../api/types";
import { runCommand } from "../keys/commands";
import { moveTo } from "../list/actions";
import { subjectOf } from "../ui/address";
import { visible } from "../ui/bidi";
import { copyText } from "../ui/clipboard";
import { Copy } from "../ui/Copy";
import { bytes, exact } from "../ui/format";
import { Moment } from "../ui/Moment";
import { Tip } from "../ui/Tip";
import { useSettings } from "../settings/store";
import { say } from "../ui/toast";
import { Back } from "./Back";
import heading from "./heading.module.css";
import styles from "./message.module.css";
import { Tags } from "./Tags";

interface Props {
  row: Summary;
  message: Message | null;
}

export function Heading({ row, message }: Props) {
  const { zone } = useSettings();
  const [whole, setWhole] = useState(false);
  const subject = subjectOf(row.subject);
  const long = subject.length > 160;
  return (
    <header className={heading.heading}>
      <div className={heading.top}>
        <Back />
        <h1 id="subject" className={heading.subject} data-whole={whole || undefined} dir="auto">
          {whole ? subject : subject.slice(0, 400)}
          {long && (
            <button type="button" className={styles.more} onClick={() => setWhole(!whole)}>
              {whole ? "less" : "more"}
            </button>
          )}
        </h1>
        <Actions row={row} />
      </div>
      <div className={heading.who}>
        <Who label="From" addresses={row.from ? [row.from] : []} none={visible(row.reverse_path) || "no author"} />
        <Who label="To" addresses={message ? message.to : row.to} none="nobody is named" />
        {message && message.cc.length > 0 && <Who label="Cc" addresses={message.cc} none="" />}
        <span className={heading.facts} title={exact(row.received_at, zone)}>
          <Moment at={row.received_at} /> · {bytes(row.size_bytes)}
        </span>
        <Tags key={row.id} id={row.id} tags={row.tags} />
      </div>
    </header>
  );
}

function Who({ label, addresses, none }: { label: string; addresses: readonly Address[]; none: string }) {
  const [all, setAll] = useState(false);
  const shown = all ? addresses : addresses.slice(0, 2);
  return (
    <span className={heading.party}>
      <span className={styles.label}>{label}</span>
      {addresses.length === 0 && <span className="dim">{none}</span>}
      {shown.map((address, index) => (
        <span key={index} className={heading.address}>
          {address.name.trim() && <bdi className={heading.name}>{visible(address.name)}</bdi>}
          <bdi className={heading.mailbox}>{visible(address.address)}</bdi>
          <Copy value={address.address} label="Copy the address" size={20} />
        </span>
      ))}
      {addresses.length > shown.length && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          +{addresses.length - shown.length}
        </button>
      )}
    </span>
  );
}

function Actions({ row }: { row: Summary }) {
  return (
    <div className={heading.actions}>
      <Tip label={row.seen ? "Mark as unread" : "Mark as read"} keys="U" onClick={() => runCommand("unread")}>
        {row.seen ? <IconMail size={17} /> : <IconMailOpened size={17} />}
      </Tip>
      <Tip label={row.pinned ? "Unpin" : "Pin"} keys="P" color={row.pinned ? "iris" : "gray"} onClick={() => runCommand("pin")}>
        {row.pinned ? <IconPinFilled size={17} /> : <IconPin size={17} />}
      </Tip>
      <Tip label="Bounce this message" keys="B" onClick={() => runCommand("bounce")}>
        <IconArrowBounce size={17} />
      </Tip>
      <Tip label="Delete" keys="#" onClick={() => runCommand("delete")}>
        <IconTrash size={17} />
      </Tip>
      <Menu width={230}>
        <Menu.Target>
          <ActionIcon aria-label="More for this message" title="More for this message">
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <More row={row} />
      </Menu>
    </div>
  );
}

function More({ row }: { row: Summary }) {
  const raw = apiUrl(messagePath(row.id, "/raw"));
  const copy = async (what: string, text: string) => {
    if (await copyText(text)) say(`${what} copied`);
  };
  return (
    <Menu.Dropdown>
      {row.mailbox !== "INBOX" && (
        <Menu.Item leftSection={<IconArrowBackUp size={15} />} onClick={() => void moveTo({ ids: [row.id] }, "INBOX")}>
          Move to the inbox
        </Menu.Item>
      )}
      <Menu.Item component="a" href={apiUrl(messagePath(row.id, "/raw"), { download: true })} download leftSection={<IconDownload size={15} />}>
        Download (.eml)
      </Menu.Item>
      <Menu.Item leftSection={<IconSend size={15} />} onClick={() => runCommand("release")}>
        Release to real people…
      </Menu.Item>
      <Menu.Item leftSection={<IconLink size={15} />} onClick={() => runCommand("copy-link")}>
        Copy the link to this view
      </Menu.Item>
      <Menu.Item leftSection={<IconCopy size={15} />} disabled={!row.message_id} onClick={() => void copy("Message-ID", row.message_id)}>
        Copy the Message-ID
      </Menu.Item>
      <Menu.Item leftSection={<IconCode size={15} />} onClick={() => void copy("curl line", `curl -s '${raw}'`)}>
        Copy as curl
      </Menu.Item>
      <Menu.Item leftSection={<IconExternalLink size={15} />} component="a" href={apiUrl(messagePath(row.id))} target="_blank" rel="noopener noreferrer">
        Open as JSON
      </Menu.Item>
    </Menu.Dropdown>
  );
}
