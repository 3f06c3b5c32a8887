import { IconCalendarEvent, IconDownload, IconFile, IconFileText, IconFileZip, IconMail, IconPhoto } from "@tabler/icons-react";
import { apiUrl, partPath } from "../api/client";
import type { File, Message } from "../api/types";
import { bytes } from "../ui/format";
import { Tip } from "../ui/Tip";
import { fileName, isPicture } from "./parts";
import { useTab } from "./tabs";
import notes from "./notes.module.css";

const THUMBNAIL_LIMIT = 8_000_000;

/** The files of a message: pictures small, the rest as signs; each opens its part or is downloaded. */
export function Attachments({ message }: { message: Message }) {
  const openTab = useTab(message.id);
  return (
    <ul className={notes.files} aria-label="Attachments">
      {message.attachments.map((part, index) => (
        <li key={`${part.path}-${index}`} className={notes.file}>
          <button type="button" className={notes.fileOpen} onClick={() => openTab("parts", part.path || null)} title={`${fileName(part)} · ${part.content_type}`}>
            <Sign id={message.id} part={part} />
            <span className={notes.fileName}>{fileName(part)}</span>
            <span className="dim">{bytes(part.size_bytes)}</span>
          </button>
          <Tip label={`Download ${fileName(part).slice(0, 80)}`} size={24} {...download(message.id, part)}>
            <IconDownload size={15} />
          </Tip>
        </li>
      ))}
    </ul>
  );
}

const download = (id: string, part: File) => ({ onClick: () => location.assign(apiUrl(partPath(id, part.path), { download: true })) });

function Sign({ id, part }: { id: string; part: File }) {
  if (isPicture(part) && part.size_bytes < THUMBNAIL_LIMIT) {
    return <img className={notes.thumb} src={apiUrl(partPath(id, part.path))} alt="" loading="lazy" decoding="async" />;
  }
  const Kind = signOf(part);
  return <Kind size={18} className={notes.fileSign} aria-hidden />;
}

function signOf({ content_type: type, is_message }: File) {
  if (is_message) return IconMail;
  if (type.startsWith("image/")) return IconPhoto;
  if (type === "text/calendar") return IconCalendarEvent;
  if (/zip|compressed|x-tar|gzip|x-7z/u.test(type)) return IconFileZip;
  return type.startsWith("text/") || type === "application/pdf" ? IconFileText : IconFile;
}
